using Microsoft.Extensions.Time.Testing;

namespace JwtGrantClient.Tests.TestSupport;

/// <summary>A fake clock whose wall time can be set apart from its monotonic time, as a correction or a night's sleep does.</summary>
internal sealed class SteppableClock(DateTimeOffset start) : FakeTimeProvider(start)
{
    private TimeSpan _apart;

    /// <summary>Runs whenever the wall clock is about to be read.</summary>
    public Action BeforeWall { get; set; } = () => { };

    /// <summary>Runs whenever the wall clock has just been read, before the reader gets the time.</summary>
    public Action AfterWall { get; set; } = () => { };

    public void StepWall(TimeSpan step) => _apart += step;

    public override DateTimeOffset GetUtcNow()
    {
        BeforeWall();
        var wall = base.GetUtcNow() + _apart;
        AfterWall();
        return wall;
    }

    // The base class would take it from the wall clock.
    public override long GetTimestamp() => base.GetUtcNow().Ticks;
}
