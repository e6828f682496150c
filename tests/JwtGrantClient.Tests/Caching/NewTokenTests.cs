using JwtGrantClient.Tests.TestSupport;

namespace JwtGrantClient.Tests.Caching;

/// <summary>GetNewTokenAsync gets the cached token, invalidates it, and gets a new one.</summary>
public sealed class NewTokenTests
{
    [Fact]
    public async Task GetNewTokenAsync_requests_a_token_although_a_fresh_one_is_cached()
    {
        using var cache = new CacheFixture();
        var old = await cache.CacheTokenAsync(CacheFixture.Hour);
        var forced = cache.Tokens.GetNewTokenAsync(TokenRequest.Default, TestContext.Current.CancellationToken).AsTask();
        var refreshed = cache.Issue(CacheFixture.Hour);
        await cache.CompleteRequestAsync(refreshed);

        Assert.NotSame(old, refreshed);
        Assert.Same(refreshed, await forced.WithTimeout());
        Assert.Same(refreshed, cache.GetWithoutWaiting());
    }

    [Fact]
    public async Task A_hundred_concurrent_calls_of_GetNewTokenAsync_cause_one_token_request()
    {
        using var cache = new CacheFixture();
        await cache.CacheTokenAsync(CacheFixture.Hour);
        var forced = new Task<AccessToken>[100];

        Parallel.For(0, forced.Length, i => forced[i] = cache.Tokens.GetNewTokenAsync(TokenRequest.Default, CancellationToken.None).AsTask());
        var refreshed = cache.Issue(CacheFixture.Hour);
        await cache.CompleteRequestAsync(refreshed);

        Assert.All(await Task.WhenAll(forced).WithTimeout(), token => Assert.Same(refreshed, token));
        Assert.Equal(2, cache.Source.Calls);
    }

    [Fact]
    public async Task GetNewTokenAsync_returns_the_cached_token_within_the_invalidation_interval()
    {
        using var cache = new CacheFixture();
        await cache.CacheTokenAsync(CacheFixture.Hour);
        var first = cache.Tokens.GetNewTokenAsync(TokenRequest.Default, TestContext.Current.CancellationToken).AsTask();
        await cache.CompleteRequestAsync(cache.Issue(CacheFixture.Hour));
        await first.WithTimeout();

        cache.Time.Advance(TimeSpan.FromSeconds(30) - TimeSpan.FromTicks(1));
        Assert.Same(await first, await cache.Tokens.GetNewTokenAsync(TokenRequest.Default, TestContext.Current.CancellationToken));
        cache.Time.Advance(TimeSpan.FromTicks(1));

        Assert.False(cache.Tokens.GetNewTokenAsync(TokenRequest.Default, TestContext.Current.CancellationToken).AsTask().IsCompleted);
    }

    [Fact]
    public async Task GetNewTokenAsync_does_not_affect_the_tokens_of_other_requests()
    {
        using var cache = new CacheFixture();
        var defaultToken = await cache.CacheTokenAsync(CacheFixture.Hour);
        var alice = new TokenRequest { Subject = "alice" };
        await cache.CacheTokenAsync(CacheFixture.Hour, alice);

        _ = cache.Tokens.GetNewTokenAsync(alice, TestContext.Current.CancellationToken).AsTask();

        Assert.Equal("alice", (await cache.Source.NextCallAsync()).Request.Subject);
        Assert.Same(defaultToken, cache.GetWithoutWaiting());
    }
}
