using JwtGrantClient.Tests.TestSupport;
using Microsoft.Extensions.Logging;

namespace JwtGrantClient.Tests.Caching;

public sealed class StaleTokenTests
{
    [Fact]
    public async Task Is_handed_out_at_once_while_one_flight_fetches_the_next()
    {
        using var cache = new CacheFixture();
        var old = await cache.CacheTokenAsync(CacheFixture.Hour);
        cache.Time.Advance(CacheFixture.HourRefreshAfter);

        Parallel.For(0, 200, _ => Assert.Same(old, cache.GetWithoutWaiting()));
        var renewed = cache.Issue(CacheFixture.Hour);
        await cache.CompleteRequestAsync(renewed);

        Assert.Same(renewed, cache.GetWithoutWaiting());
        Assert.Equal(2, cache.Source.Calls);
    }

    [Fact]
    public async Task Is_handed_out_to_the_last_tick_even_while_the_flight_hangs()
    {
        using var cache = new CacheFixture();
        var old = await cache.CacheTokenAsync(TimeSpan.FromSeconds(40));
        cache.Time.Advance(TimeSpan.FromSeconds(26));
        Assert.Same(old, cache.GetWithoutWaiting());
        var call = await cache.Source.NextCallAsync();

        cache.Time.Advance(TimeSpan.FromSeconds(36 - 26) - TimeSpan.FromTicks(1));
        Assert.Same(old, cache.GetWithoutWaiting());
        cache.Time.Advance(TimeSpan.FromTicks(1));
        var waiting = cache.GetAsync();

        Assert.False(waiting.IsCompleted);
        var renewed = cache.Issue(CacheFixture.Hour);
        call.Return(renewed);
        Assert.Same(renewed, await waiting.WithTimeout());
        Assert.Equal(2, cache.Source.Calls);
    }

    [Fact]
    public async Task Is_not_renewed_while_nobody_asks()
    {
        using var cache = new CacheFixture();
        await cache.CacheTokenAsync(CacheFixture.Hour);

        cache.Time.Advance(CacheFixture.HourExpiresAfter - TimeSpan.FromTicks(1));

        Assert.False(cache.IsRefreshing);
    }

    [Fact]
    public async Task Is_renewed_without_the_cancellation_of_the_call_that_found_it_stale()
    {
        using var cache = new CacheFixture();
        await cache.CacheTokenAsync(CacheFixture.Hour);
        cache.Time.Advance(CacheFixture.HourRefreshAfter);
        using var caller = new CancellationTokenSource();
        await cache.Tokens.GetTokenAsync(caller.Token);
        var call = await cache.Source.NextCallAsync();

        await caller.CancelAsync();

        Assert.False(call.CancellationToken.IsCancellationRequested);
        var renewed = cache.Issue(CacheFixture.Hour);
        call.Return(renewed);
        Assert.Equal(LogLevel.Debug, (await cache.Log.NextAsync()).Level);
        Assert.Same(renewed, cache.GetWithoutWaiting());
    }

    [Fact]
    public async Task Is_not_given_to_a_caller_that_has_left_already()
    {
        using var cache = new CacheFixture();
        await cache.CacheTokenAsync(CacheFixture.Hour);
        cache.Time.Advance(CacheFixture.HourRefreshAfter);

        var left = cache.Tokens.GetTokenAsync(new CancellationToken(canceled: true)).AsTask();

        Assert.True(left.IsCanceled);
        Assert.False(cache.IsRefreshing);
    }
}
