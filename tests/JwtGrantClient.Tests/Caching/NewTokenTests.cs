using JwtGrantClient.Tests.TestSupport;

namespace JwtGrantClient.Tests.Caching;

/// <summary>A new token for one call: get, invalidate that one, get again.</summary>
public sealed class NewTokenTests
{
    [Fact]
    public async Task Fetches_one_although_a_fresh_one_is_kept()
    {
        using var cache = new CacheFixture();
        var old = await cache.CacheTokenAsync(CacheFixture.Hour);
        var forced = cache.Tokens.GetNewTokenAsync(TokenRequest.Default, TestContext.Current.CancellationToken).AsTask();
        var renewed = cache.Issue(CacheFixture.Hour);
        await cache.CompleteRequestAsync(renewed);

        Assert.NotSame(old, renewed);
        Assert.Same(renewed, await forced.WithTimeout());
        Assert.Same(renewed, cache.GetWithoutWaiting());
    }

    [Fact]
    public async Task A_hundred_times_at_once_costs_one_request()
    {
        using var cache = new CacheFixture();
        await cache.CacheTokenAsync(CacheFixture.Hour);
        var forced = new Task<AccessToken>[100];

        Parallel.For(0, forced.Length, i => forced[i] = cache.Tokens.GetNewTokenAsync(TokenRequest.Default, CancellationToken.None).AsTask());
        var renewed = cache.Issue(CacheFixture.Hour);
        await cache.CompleteRequestAsync(renewed);

        Assert.All(await Task.WhenAll(forced).WithTimeout(), token => Assert.Same(renewed, token));
        Assert.Equal(2, cache.Source.Calls);
    }

    [Fact]
    public async Task Again_within_the_brake_returns_the_last_one()
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
    public async Task Leaves_the_tokens_of_other_requests_alone()
    {
        using var cache = new CacheFixture();
        var own = await cache.CacheTokenAsync(CacheFixture.Hour);
        var alice = new TokenRequest { Subject = "alice" };
        await cache.CacheTokenAsync(CacheFixture.Hour, alice);

        _ = cache.Tokens.GetNewTokenAsync(alice, TestContext.Current.CancellationToken).AsTask();

        Assert.Equal("alice", (await cache.Source.NextCallAsync()).Request.Subject);
        Assert.Same(own, cache.GetWithoutWaiting());
    }
}
