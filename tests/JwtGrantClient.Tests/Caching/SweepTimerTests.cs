using JwtGrantClient.Tests.TestSupport;
using Microsoft.Extensions.Time.Testing;

namespace JwtGrantClient.Tests.Caching;

/// <summary>The timer that evicts unused entries: it exists only while there are entries and the cache is not disposed.</summary>
public sealed class SweepTimerTests : IDisposable
{
    private static readonly TimeSpan Idle = TimeSpan.FromMinutes(10);

    private readonly TimersByDueTime _time = new();
    private readonly CacheFixture _cache;

    public SweepTimerTests() => _cache = new(_time, cache: new() { IdleTime = Idle });

    [Fact]
    public void There_is_one_timer_for_all_entries()
    {
        Assert.Equal(0, _time.Active(Idle));

        AddEntry("alice");
        AddEntry("bob");

        Assert.Equal((1, 1), (_time.Active(Idle), _time.Created(Idle)));
    }

    [Fact]
    public void Disposal_disposes_the_timer()
    {
        AddEntry("alice");

        _cache.Tokens.Dispose();

        Assert.Equal(0, _time.Active(Idle));
    }

    [Fact]
    public void A_call_after_disposal_starts_no_timer()
    {
        AddEntry("alice");
        _cache.Tokens.Dispose();

        AddEntry("bob");

        Assert.Equal(1, _time.Created(Idle));
    }

    [Fact]
    public void A_sweep_that_runs_during_disposal_starts_no_timer()
    {
        AddEntry("alice");
        var sweep = _time.LastCallback!;
        _cache.Tokens.Dispose();

        sweep();

        Assert.Equal((0, 1), (_time.Active(Idle), _time.Created(Idle)));
    }

    [Fact]
    public async Task The_timer_is_disposed_with_the_last_entry_and_created_again_for_the_next()
    {
        await _cache.CacheTokenAsync(CacheFixture.Hour, new() { Subject = "alice" });
        _time.Advance(Idle);
        Assert.Equal(0, _time.Active(Idle));

        AddEntry("bob");

        Assert.Equal((1, 2), (_time.Active(Idle), _time.Created(Idle)));
    }

    public void Dispose() => _cache.Dispose();

    private void AddEntry(string subject) => _ = _cache.GetAsync(new() { Subject = subject }).Exception;

    /// <summary>Counts the timers that were created with a due time, and those of them that are not disposed.</summary>
    private sealed class TimersByDueTime() : FakeTimeProvider(TestData.Moment)
    {
        private readonly Lock _lock = new();
        private readonly List<TimeSpan> _created = [], _disposed = [];

        public Action? LastCallback { get; private set; }

        public int Created(TimeSpan dueTime)
        {
            lock (_lock)
                return _created.Count(time => time == dueTime);
        }

        public int Active(TimeSpan dueTime)
        {
            lock (_lock)
                return _created.Count(time => time == dueTime) - _disposed.Count(time => time == dueTime);
        }

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            lock (_lock)
            {
                _created.Add(dueTime);
                if (dueTime == Idle)
                    LastCallback = () => callback(state);
            }
            return new CountedTimer(base.CreateTimer(callback, state, dueTime, period), () =>
            {
                lock (_lock)
                    _disposed.Add(dueTime);
            });
        }
    }

    private sealed class CountedTimer(ITimer inner, Action onDisposed) : ITimer
    {
        private Action? _onDisposed = onDisposed;

        public bool Change(TimeSpan dueTime, TimeSpan period) => inner.Change(dueTime, period);

        public void Dispose()
        {
            inner.Dispose();
            Interlocked.Exchange(ref _onDisposed, null)?.Invoke();
        }

        public ValueTask DisposeAsync()
        {
            Dispose();
            return default;
        }
    }
}
