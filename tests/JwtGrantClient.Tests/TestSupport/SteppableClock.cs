using Microsoft.Extensions.Time.Testing;

namespace JwtGrantClient.Tests.TestSupport;

/// <summary>A fake clock whose wall time can differ from its monotonic time, as after a correction or after sleep.</summary>
internal sealed class SteppableClock(DateTimeOffset start) : FakeTimeProvider(start)
{
    private TimeSpan _wallClockOffset;

    /// <summary>Runs before each read of the wall clock.</summary>
    public Action BeforeWallClockRead { get; set; } = () => { };

    /// <summary>Runs after each read of the wall clock, before the caller gets the time.</summary>
    public Action AfterWallClockRead { get; set; } = () => { };

    public void StepWallClock(TimeSpan step) => _wallClockOffset += step;

    public override DateTimeOffset GetUtcNow()
    {
        BeforeWallClockRead();
        var wall = base.GetUtcNow() + _wallClockOffset;
        AfterWallClockRead();
        return wall;
    }

    // The base class would use the wall clock.
    public override long GetTimestamp() => base.GetUtcNow().Ticks;
}
