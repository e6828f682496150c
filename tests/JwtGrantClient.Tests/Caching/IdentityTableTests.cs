using JwtGrantClient.Tests.TestSupport;

namespace JwtGrantClient.Tests.Caching;

/// <summary>The bound on the tokens of requests that differ from the client as configured: who leaves, who stays, and that nobody pays twice.</summary>
public sealed class IdentityTableTests : IDisposable
{
    private const int Bound = 32;
    private static readonly TimeSpan Tick = TimeSpan.FromTicks(1), Idle = TimeSpan.FromMinutes(10);

    private readonly CacheFixture _cache = new(cache: new() { MaxEntries = Bound, IdleTime = Idle });

    [Fact]
    public async Task Are_all_kept_up_to_the_bound()
    {
        await CacheTokenAsync(0, Bound);

        Assert.All(Enumerable.Range(0, Bound), i => _cache.GetWithoutWaiting(Some(i)));
        Assert.Equal((Bound, Bound), (_cache.Source.Calls, CacheInspector.CountEntries(_cache.Tokens)));
    }

    [Fact]
    public async Task Beyond_the_bound_take_the_place_of_the_least_recently_used()
    {
        await CacheTokenAsync(0, Bound);
        foreach (var i in new[] { 0, 2 })
            _cache.GetWithoutWaiting(Some(i));

        await CacheTokenAsync(Bound, 1);

        // A sixteenth leaves at once: 1 and 3, because 0 and 2 have been asked for since.
        Assert.Equal(Bound - 1, CacheInspector.CountEntries(_cache.Tokens));
        Assert.All([0, 2, .. Enumerable.Range(4, Bound - 3)], i => _cache.GetWithoutWaiting(Some(i)));
        Assert.All([1, 3], i => Assert.False(_cache.GetAsync(Some(i)).IsCompleted));
    }

    [Fact]
    public async Task Never_make_the_client_as_configured_wait()
    {
        var own = await _cache.CacheTokenAsync(CacheFixture.Hour);

        await CacheTokenAsync(0, 3 * Bound);

        Assert.Same(own, _cache.GetWithoutWaiting());
        Assert.Same(own, _cache.GetWithoutWaiting(new()));
        Assert.InRange(CacheInspector.CountEntries(_cache.Tokens), 1, Bound);
    }

    [Fact]
    public async Task That_leave_while_their_token_is_on_its_way_are_not_asked_for_twice()
    {
        var first = _cache.GetAsync(Some(0));
        var call = await _cache.Source.NextCallAsync();
        await CacheTokenAsync(1, 3 * Bound);

        var second = _cache.GetAsync(Some(0));
        var token = _cache.Issue(CacheFixture.Hour);
        call.Return(token);

        Assert.Same(token, await first.WithTimeout());
        Assert.Same(token, await second.WithTimeout());
        Assert.Equal(1 + (3 * Bound), _cache.Source.Calls);
    }

    [Fact]
    public async Task That_all_fly_at_once_exceed_the_bound_and_come_back_to_it_when_they_have_landed()
    {
        var waiting = Enumerable.Range(0, 3 * Bound).Select(i => _cache.GetAsync(Some(i))).ToList();
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
    public async Task That_fail_keep_their_gate_however_many_others_come()
    {
        var failing = _cache.GetAsync(Some(0));
        await _cache.FailRequestAsync(CacheFixture.Unreachable(TimeSpan.FromMinutes(1)));
        await Assert.ThrowsAsync<JwtGrantException>(() => failing.WithTimeout());

        await CacheTokenAsync(1, 3 * Bound);

        Assert.True(_cache.GetAsync(Some(0)).IsFaulted);
        Assert.Equal(1 + (3 * Bound), _cache.Source.Calls);
    }

    [Fact]
    public async Task That_an_api_refused_keep_their_brake_however_many_others_come()
    {
        await CacheTokenAsync(0, 1);
        await _cache.Tokens.InvalidateAsync(Some(0), _cache.GetWithoutWaiting(Some(0)), TestContext.Current.CancellationToken);
        await CacheTokenAsync(0, 1 + (3 * Bound));

        var second = _cache.GetWithoutWaiting(Some(0));
        await _cache.Tokens.InvalidateAsync(Some(0), second, TestContext.Current.CancellationToken);

        Assert.Same(second, _cache.GetWithoutWaiting(Some(0)));
    }

    [Fact]
    public async Task That_fail_are_bounded_too()
    {
        for (var i = 0; i < 4 * Bound; i++)
        {
            var failing = _cache.GetAsync(Some(i));
            await _cache.FailRequestAsync(CacheFixture.Unreachable(TimeSpan.FromMinutes(1)));
            await Assert.ThrowsAsync<JwtGrantException>(() => failing.WithTimeout());
        }

        Assert.InRange(CacheInspector.CountEntries(_cache.Tokens), Bound, (2 * Bound) + (Bound / 16) + 1);
    }

    [Fact]
    public async Task That_nobody_asks_for_leave_when_they_have_been_idle_for_long_enough()
    {
        await CacheTokenAsync(0, 1);

        _cache.Time.Advance(Idle - Tick);
        var kept = _cache.GetWithoutWaiting(Some(0));
        _cache.Time.Advance(Idle - Tick);
        Assert.Same(kept, _cache.GetWithoutWaiting(Some(0)));
        _cache.Time.Advance(Idle);

        Assert.False(_cache.GetAsync(Some(0)).IsCompleted);
        Assert.Equal(1, CacheInspector.CountEntries(_cache.Tokens));
    }

    [Fact]
    public async Task That_nobody_asks_for_leave_without_any_further_call()
    {
        await CacheTokenAsync(0, Bound);
        _cache.Time.Advance(Idle / 2);
        _cache.GetWithoutWaiting(Some(7));

        _cache.Time.Advance(Idle / 2);
        Assert.Equal(1, CacheInspector.CountEntries(_cache.Tokens));
        _cache.Time.Advance(Idle);

        Assert.Equal(0, CacheInspector.CountEntries(_cache.Tokens));
        await CacheTokenAsync(0, 1);
        _cache.Time.Advance(Idle);
        Assert.Equal(0, CacheInspector.CountEntries(_cache.Tokens));
    }

    [Fact]
    public async Task That_are_idle_and_on_their_way_are_waited_for()
    {
        using var cache = new CacheFixture(cache: new() { IdleTime = TimeSpan.FromSeconds(20) });
        var first = cache.GetAsync(Some(0));
        var call = await cache.Source.NextCallAsync();
        cache.Time.Advance(TimeSpan.FromSeconds(25));

        var second = cache.GetAsync(Some(0));
        var token = cache.Issue(CacheFixture.Hour);
        call.Return(token);

        Assert.Same(token, await first.WithTimeout());
        Assert.Same(token, await second.WithTimeout());
        Assert.Equal(1, cache.Source.Calls);
    }

    public void Dispose() => _cache.Dispose();

    private static TokenRequest Some(int number) => new() { Subject = $"subject-{number}" };

    private async Task CacheTokenAsync(int first, int count)
    {
        for (var i = first; i < first + count; i++)
            await _cache.CacheTokenAsync(CacheFixture.Hour, Some(i));
    }
}
