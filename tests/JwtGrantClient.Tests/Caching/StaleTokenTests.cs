using JwtGrantClient.Tests.TestSupport;
using Microsoft.Extensions.Logging;

namespace JwtGrantClient.Tests.Caching;

public sealed class StaleTokenTests
{
    [Fact]
    public async Task A_stale_token_is_returned_immediately_while_one_refresh_runs()
    {
        using var cache = new CacheFixture();
        var old = await cache.CacheTokenAsync(CacheFixture.Hour);
        cache.Time.Advance(CacheFixture.HourRefreshAfter);

        Parallel.For(0, 200, _ => Assert.Same(old, cache.GetWithoutWaiting()));
        var refreshed = cache.Issue(CacheFixture.Hour);
        await cache.CompleteRequestAsync(refreshed);

        Assert.Same(refreshed, cache.GetWithoutWaiting());
        Assert.Equal(2, cache.Source.Calls);
    }

    [Fact]
    public async Task A_stale_token_is_returned_until_it_expires_even_if_the_refresh_hangs()
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
        var refreshed = cache.Issue(CacheFixture.Hour);
        call.Return(refreshed);
        Assert.Same(refreshed, await waiting.WithTimeout());
        Assert.Equal(2, cache.Source.Calls);
    }

    [Fact]
    public async Task A_stale_token_is_not_refreshed_without_a_call()
    {
        using var cache = new CacheFixture();
        await cache.CacheTokenAsync(CacheFixture.Hour);

        cache.Time.Advance(CacheFixture.HourExpiresAfter - TimeSpan.FromTicks(1));

        Assert.False(cache.IsRefreshing);
    }

    [Fact]
    public async Task Cancelling_the_call_that_started_a_refresh_does_not_cancel_the_refresh()
    {
        using var cache = new CacheFixture();
        await cache.CacheTokenAsync(CacheFixture.Hour);
        cache.Time.Advance(CacheFixture.HourRefreshAfter);
        using var caller = new CancellationTokenSource();
        await cache.Tokens.GetTokenAsync(caller.Token);
        var call = await cache.Source.NextCallAsync();

        await caller.CancelAsync();

        Assert.False(call.CancellationToken.IsCancellationRequested);
        var refreshed = cache.Issue(CacheFixture.Hour);
        call.Return(refreshed);
        Assert.Equal(LogLevel.Debug, (await cache.Log.NextAsync()).Level);
        Assert.Same(refreshed, cache.GetWithoutWaiting());
    }

    [Fact]
    public async Task A_call_that_is_already_cancelled_gets_no_token_and_starts_no_refresh()
    {
        using var cache = new CacheFixture();
        await cache.CacheTokenAsync(CacheFixture.Hour);
        cache.Time.Advance(CacheFixture.HourRefreshAfter);

        var cancelled = cache.Tokens.GetTokenAsync(new CancellationToken(canceled: true)).AsTask();

        Assert.True(cancelled.IsCanceled);
        Assert.False(cache.IsRefreshing);
    }
}
