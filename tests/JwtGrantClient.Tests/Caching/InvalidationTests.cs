using JwtGrantClient.Tests.TestSupport;

namespace JwtGrantClient.Tests.Caching;

/// <summary>A 401 gives up the cached token if it is the one that was refused; a brake keeps an API from turning every call into a fetch.</summary>
public sealed class InvalidationTests
{
    private static readonly TimeSpan Tick = TimeSpan.FromTicks(1);
    private static readonly TokenRequest Other = new() { Scope = "other" };

    [Fact]
    public async Task Are_replaced_by_a_fetch_that_the_next_call_waits_for()
    {
        using var cache = new CacheFixture();
        var rejected = await cache.CacheTokenAsync(CacheFixture.Hour);
        await InvalidateAsync(cache, rejected);
        Assert.False(cache.IsRefreshing);

        var renewed = await cache.CacheTokenAsync(CacheFixture.Hour);

        Assert.NotEqual(rejected.Value, renewed.Value);
        Assert.Same(renewed, cache.GetWithoutWaiting());
    }

    [Fact]
    public async Task Are_known_by_their_value()
    {
        using var cache = new CacheFixture();
        var held = await cache.CacheTokenAsync(CacheFixture.Hour);

        await InvalidateAsync(cache, new AccessToken(held.Value, DateTimeOffset.UnixEpoch));

        Assert.False(cache.GetAsync().IsCompleted);
    }

    [Fact]
    public async Task That_are_no_longer_cached_change_nothing()
    {
        using var cache = new CacheFixture();
        var token = await cache.CacheTokenAsync(CacheFixture.Hour);

        await InvalidateAsync(cache, new AccessToken("an-older-one", token.ExpiresAt));

        Assert.Same(token, cache.GetWithoutWaiting());
    }

    [Fact]
    public async Task Change_nothing_where_nothing_is_held()
    {
        using var cache = new CacheFixture();

        await InvalidateAsync(cache, cache.Issue(CacheFixture.Hour));

        Assert.False(cache.IsRefreshing);
        var token = await cache.CacheTokenAsync(CacheFixture.Hour);
        Assert.Same(token, cache.GetWithoutWaiting());
        await InvalidateAsync(cache, token);
        Assert.False(cache.GetAsync().IsCompleted);
    }

    [Fact]
    public async Task Of_one_request_leave_the_tokens_of_others_alone()
    {
        using var cache = new CacheFixture();
        var token = await cache.CacheTokenAsync(CacheFixture.Hour);
        var other = await cache.CacheTokenAsync(CacheFixture.Hour, Other);

        await cache.Tokens.InvalidateAsync(Other, other, TestContext.Current.CancellationToken);
        await cache.Tokens.InvalidateAsync(Other, token, TestContext.Current.CancellationToken);

        Assert.Same(token, cache.GetWithoutWaiting());
        Assert.False(cache.GetAsync(Other).IsCompleted);
    }

    [Fact]
    public async Task Do_not_open_the_gate()
    {
        using var cache = new CacheFixture();
        var rejected = await cache.CacheTokenAsync(CacheFixture.Hour);
        cache.Time.Advance(CacheFixture.HourRefreshAfter);
        cache.GetWithoutWaiting();
        await cache.FailRequestAsync(CacheFixture.Unreachable());

        await InvalidateAsync(cache, rejected);

        Assert.Contains("remembered", cache.GetErrorWithoutWaiting().Message, StringComparison.Ordinal);
        cache.Time.Advance(TimeSpan.FromSeconds(3.75) - Tick);
        cache.GetErrorWithoutWaiting();
        cache.Time.Advance(Tick);
        Assert.False(cache.GetAsync().IsCompleted);
    }

    [Theory]
    [InlineData(4, 1)]
    [InlineData(100, 25)]
    [InlineData(120, 30)]
    [InlineData(3600, 30)]
    public async Task Are_given_up_once_in_30_s_or_a_quarter_of_a_life(int lifetime, int brake)
    {
        using var cache = new CacheFixture();
        await InvalidateAsync(cache, await cache.CacheTokenAsync(TimeSpan.FromSeconds(lifetime)));
        var second = await cache.CacheTokenAsync(TimeSpan.FromSeconds(lifetime));

        cache.Time.Advance(TimeSpan.FromSeconds(brake) - Tick);
        await InvalidateAsync(cache, second);
        Assert.Same(second, cache.GetWithoutWaiting());
        cache.Time.Advance(Tick);
        await InvalidateAsync(cache, second);

        Assert.False(cache.GetAsync().IsCompleted);
    }

    [Fact]
    public async Task A_hundred_refusals_of_one_token_cost_one_fetch()
    {
        using var cache = new CacheFixture();
        var rejected = await cache.CacheTokenAsync(CacheFixture.Hour);
        var waiting = new Task<AccessToken>[100];

        Parallel.For(0, waiting.Length, i =>
        {
            var told = cache.Tokens.InvalidateAsync(TokenRequest.Default, rejected);
            Assert.True(told.IsCompletedSuccessfully);
            waiting[i] = cache.GetAsync();
        });
        var renewed = cache.Issue(CacheFixture.Hour);
        await cache.CompleteRequestAsync(renewed);

        Assert.All(await Task.WhenAll(waiting).WithTimeout(), token => Assert.Same(renewed, token));
        Assert.Equal(2, cache.Source.Calls);
    }

    [Fact]
    public async Task While_the_next_is_being_fetched_make_callers_wait_for_that_one()
    {
        using var cache = new CacheFixture();
        var rejected = await cache.CacheTokenAsync(CacheFixture.Hour);
        cache.Time.Advance(CacheFixture.HourRefreshAfter);
        cache.GetWithoutWaiting();
        var call = await cache.Source.NextCallAsync();

        await InvalidateAsync(cache, rejected);
        var waiting = cache.GetAsync();
        var renewed = cache.Issue(CacheFixture.Hour);
        call.Return(renewed);

        Assert.Same(renewed, await waiting.WithTimeout());
        Assert.Equal(2, cache.Source.Calls);
    }

    [Fact]
    public async Task Must_be_named()
    {
        using var cache = new CacheFixture();

        await Assert.ThrowsAsync<ArgumentNullException>(() => InvalidateAsync(cache, null!));
    }

    private static Task InvalidateAsync(CacheFixture cache, AccessToken rejected) =>
        cache.Tokens.InvalidateAsync(TokenRequest.Default, rejected, TestContext.Current.CancellationToken).AsTask();
}
