using JwtGrantClient.Tests.TestSupport;

namespace JwtGrantClient.Tests.Caching;

/// <summary>The bound on the cached tokens of requests other than the default request: which entries are evicted, which are not, and no duplicate requests.</summary>
public sealed class IdentityTableTests : IDisposable
{
    private const int Bound = 32;
    private static readonly TimeSpan OneTick = TimeSpan.FromTicks(1), Idle = TimeSpan.FromMinutes(10);

    private readonly CacheFixture _cache = new(cache: new() { MaxEntries = Bound, IdleTime = Idle });

    [Fact]
    public async Task All_entries_are_cached_up_to_MaxEntries()
    {
        await CacheTokenAsync(0, Bound);

        Assert.All(Enumerable.Range(0, Bound), i => _cache.GetWithoutWaiting(CreateRequest(i)));
        Assert.Equal((Bound, Bound), (_cache.Source.Calls, CacheInspector.CountEntries(_cache.Tokens)));
    }

    [Fact]
    public async Task An_entry_beyond_MaxEntries_evicts_the_least_recently_used_entries()
    {
        await CacheTokenAsync(0, Bound);
        foreach (var i in new[] { 0, 2 })
            _cache.GetWithoutWaiting(CreateRequest(i));

        await CacheTokenAsync(Bound, 1);

        // A sixteenth of the entries is evicted together: 1 and 3, because 0 and 2 were used later.
        Assert.Equal(Bound - 1, CacheInspector.CountEntries(_cache.Tokens));
        Assert.All([0, 2, .. Enumerable.Range(4, Bound - 3)], i => _cache.GetWithoutWaiting(CreateRequest(i)));
        Assert.All([1, 3], i => Assert.False(_cache.GetAsync(CreateRequest(i)).IsCompleted));
    }

    [Fact]
    public async Task The_token_of_the_default_request_is_never_evicted()
    {
        var defaultToken = await _cache.CacheTokenAsync(CacheFixture.Hour);

        await CacheTokenAsync(0, 3 * Bound);

        Assert.Same(defaultToken, _cache.GetWithoutWaiting());
        Assert.Same(defaultToken, _cache.GetWithoutWaiting(new()));
        Assert.InRange(CacheInspector.CountEntries(_cache.Tokens), 1, Bound);
    }

    [Fact]
    public async Task An_entry_whose_request_is_in_progress_is_not_requested_twice()
    {
        var first = _cache.GetAsync(CreateRequest(0));
        var call = await _cache.Source.NextCallAsync();
        await CacheTokenAsync(1, 3 * Bound);

        var second = _cache.GetAsync(CreateRequest(0));
        var token = _cache.Issue(CacheFixture.Hour);
        call.Return(token);

        Assert.Same(token, await first.WithTimeout());
        Assert.Same(token, await second.WithTimeout());
        Assert.Equal(1 + (3 * Bound), _cache.Source.Calls);
    }

    [Fact]
    public async Task Concurrent_requests_may_exceed_MaxEntries_until_they_complete()
    {
        var waiting = Enumerable.Range(0, 3 * Bound).Select(i => _cache.GetAsync(CreateRequest(i))).ToList();
        Assert.Equal(3 * Bound, CacheInspector.CountEntries(_cache.Tokens));
        for (var i = 0; i < waiting.Count; i++)
            await _cache.CompleteRequestAsync(_cache.Issue(CacheFixture.Hour));
        await Task.WhenAll(waiting).WithTimeout();

        _cache.Time.Advance(Idle);
        Assert.Equal(0, CacheInspector.CountEntries(_cache.Tokens));
        await CacheTokenAsync(0, 2 * Bound);

        Assert.InRange(CacheInspector.CountEntries(_cache.Tokens), 1, Bound);
        Assert.Equal(5 * Bound, _cache.Source.Calls);
    }

    [Fact]
    public async Task A_failing_entry_keeps_its_backoff_however_many_entries_are_added()
    {
        var failing = _cache.GetAsync(CreateRequest(0));
        await _cache.FailRequestAsync(CacheFixture.Unreachable(TimeSpan.FromMinutes(1)));
        await Assert.ThrowsAsync<JwtGrantException>(() => failing.WithTimeout());

        await CacheTokenAsync(1, 3 * Bound);

        Assert.True(_cache.GetAsync(CreateRequest(0)).IsFaulted);
        Assert.Equal(1 + (3 * Bound), _cache.Source.Calls);
    }

    [Fact]
    public async Task An_invalidated_entry_keeps_its_invalidation_interval_however_many_entries_are_added()
    {
        await CacheTokenAsync(0, 1);
        await _cache.Tokens.InvalidateAsync(CreateRequest(0), _cache.GetWithoutWaiting(CreateRequest(0)), TestContext.Current.CancellationToken);
        await CacheTokenAsync(0, 1 + (3 * Bound));

        var second = _cache.GetWithoutWaiting(CreateRequest(0));
        await _cache.Tokens.InvalidateAsync(CreateRequest(0), second, TestContext.Current.CancellationToken);

        Assert.Same(second, _cache.GetWithoutWaiting(CreateRequest(0)));
    }

    [Fact]
    public async Task The_number_of_failing_entries_is_bounded_too()
    {
        for (var i = 0; i < 4 * Bound; i++)
        {
            var failing = _cache.GetAsync(CreateRequest(i));
            await _cache.FailRequestAsync(CacheFixture.Unreachable(TimeSpan.FromMinutes(1)));
            await Assert.ThrowsAsync<JwtGrantException>(() => failing.WithTimeout());
        }

        Assert.InRange(CacheInspector.CountEntries(_cache.Tokens), Bound, (2 * Bound) + (Bound / 16) + 1);
    }

    [Fact]
    public async Task An_unused_entry_is_evicted_after_IdleTime()
    {
        await CacheTokenAsync(0, 1);

        _cache.Time.Advance(Idle - OneTick);
        var cached = _cache.GetWithoutWaiting(CreateRequest(0));
        _cache.Time.Advance(Idle - OneTick);
        Assert.Same(cached, _cache.GetWithoutWaiting(CreateRequest(0)));
        _cache.Time.Advance(Idle);

        Assert.False(_cache.GetAsync(CreateRequest(0)).IsCompleted);
        Assert.Equal(1, CacheInspector.CountEntries(_cache.Tokens));
    }

    [Fact]
    public async Task Unused_entries_are_evicted_without_any_further_call()
    {
        await CacheTokenAsync(0, Bound);
        _cache.Time.Advance(Idle / 2);
        _cache.GetWithoutWaiting(CreateRequest(7));

        _cache.Time.Advance(Idle / 2);
        Assert.Equal(1, CacheInspector.CountEntries(_cache.Tokens));
        _cache.Time.Advance(Idle);

        Assert.Equal(0, CacheInspector.CountEntries(_cache.Tokens));
        await CacheTokenAsync(0, 1);
        _cache.Time.Advance(Idle);
        Assert.Equal(0, CacheInspector.CountEntries(_cache.Tokens));
    }

    [Fact]
    public async Task An_idle_entry_whose_request_is_in_progress_is_not_evicted()
    {
        using var cache = new CacheFixture(cache: new() { IdleTime = TimeSpan.FromSeconds(20) });
        var first = cache.GetAsync(CreateRequest(0));
        var call = await cache.Source.NextCallAsync();
        cache.Time.Advance(TimeSpan.FromSeconds(25));

        var second = cache.GetAsync(CreateRequest(0));
        var token = cache.Issue(CacheFixture.Hour);
        call.Return(token);

        Assert.Same(token, await first.WithTimeout());
        Assert.Same(token, await second.WithTimeout());
        Assert.Equal(1, cache.Source.Calls);
    }

    public void Dispose() => _cache.Dispose();

    private static TokenRequest CreateRequest(int number) => new() { Subject = $"subject-{number}" };

    private async Task CacheTokenAsync(int first, int count)
    {
        for (var i = first; i < first + count; i++)
            await _cache.CacheTokenAsync(CacheFixture.Hour, CreateRequest(i));
    }
}
