using JwtGrantClient.Distributed;
using JwtGrantClient.Tests.TestSupport;

namespace JwtGrantClient.Tests.Distributed;

public sealed class UnreadableEntryLogTests : IDisposable
{
    private readonly SteppableClock _time = new(TestData.Moment);
    private readonly LogLines _log = new();

    [Fact]
    public void Unreadable_entries_are_logged_at_growing_intervals_with_their_number()
    {
        var unreadable = new UnreadableEntryLog(_time, _log);

        unreadable.Report(reason: null);
        _time.Advance(TimeSpan.FromMinutes(1) - TimeSpan.FromTicks(1));
        unreadable.Report(reason: null);
        Assert.Single(_log.All);
        _time.Advance(TimeSpan.FromTicks(1));
        unreadable.Report(reason: null);

        Assert.Equal(2, _log.All.Count);
        Assert.All(_log.All, line => Assert.StartsWith("Warning 102 ", line, StringComparison.Ordinal));
        Assert.EndsWith("Unreadable entries since 2026-11-23T09:00:00Z: 3", _log.All[1], StringComparison.Ordinal);

        _time.Advance(TimeSpan.FromMinutes(2) - TimeSpan.FromTicks(1));
        unreadable.Report(reason: null);
        Assert.Equal(2, _log.All.Count);
        _time.Advance(TimeSpan.FromTicks(1));
        unreadable.Report(reason: null);
        Assert.Equal(3, _log.All.Count);
    }

    public void Dispose() => _log.Dispose();
}
