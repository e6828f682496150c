using Microsoft.Extensions.Time.Testing;

namespace JwtGrantClient.Tests.TestSupport;

/// <summary>A fake clock whose wall time can be set apart from its monotonic time, as a correction or a night's sleep does.</summary>
internal sealed class SteppableClock(DateTimeOffset start) : FakeTimeProvider(start)
{
    private TimeSpan _apart;

    /// <summary>Runs whenever the wall clock is about to be read.</summary>
    public Action BeforeWallClockRead { get; set; } = () => { };

    /// <summary>Runs whenever the wall clock has just been read, before the reader gets the time.</summary>
    public Action AfterWallClockRead { get; set; } = () => { };

    public void StepWallClock(TimeSpan step) => _apart += step;

    public override DateTimeOffset GetUtcNow()
    {
        BeforeWallClockRead();
        var wall = base.GetUtcNow() + _apart;
        AfterWallClockRead();
        return wall;
    }

    // The base class would take it from the wall clock.
    public override long GetTimestamp() => base.GetUtcNow().Ticks;
}
