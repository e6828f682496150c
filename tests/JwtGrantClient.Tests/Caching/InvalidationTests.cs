using JwtGrantClient.Tests.TestSupport;

namespace JwtGrantClient.Tests.Caching;

/// <summary>An explicit invalidation removes the cached token. An interval prevents a token request for every call.</summary>
public sealed class InvalidationTests
{
    private static readonly TimeSpan OneTick = TimeSpan.FromTicks(1);
    private static readonly TokenRequest Other = new() { Scope = "other" };

    [Fact]
    public async Task The_next_call_after_an_invalidation_waits_for_a_new_token()
    {
        using var cache = new CacheFixture();
        var rejected = await cache.CacheTokenAsync(CacheFixture.Hour);
        await InvalidateAsync(cache, rejected);
        Assert.False(cache.IsRefreshing);

        var refreshed = await cache.CacheTokenAsync(CacheFixture.Hour);

        Assert.NotEqual(rejected.Value, refreshed.Value);
        Assert.Same(refreshed, cache.GetWithoutWaiting());
    }

    [Fact]
    public async Task An_invalidated_token_is_identified_by_its_value()
    {
        using var cache = new CacheFixture();
        var cached = await cache.CacheTokenAsync(CacheFixture.Hour);

        await InvalidateAsync(cache, new AccessToken(cached.Value, DateTimeOffset.UnixEpoch));

        Assert.False(cache.GetAsync().IsCompleted);
    }

    [Fact]
    public async Task Invalidating_a_token_that_is_no_longer_cached_changes_nothing()
    {
        using var cache = new CacheFixture();
        var token = await cache.CacheTokenAsync(CacheFixture.Hour);

        await InvalidateAsync(cache, new AccessToken("an-older-one", token.ExpiresAt));

        Assert.Same(token, cache.GetWithoutWaiting());
    }

    [Fact]
    public async Task A_late_rejection_of_an_older_token_does_not_delay_the_invalidation_of_the_cached_one()
    {
        using var cache = new CacheFixture();
        var older = await cache.CacheTokenAsync(CacheFixture.Hour);
        cache.Time.Advance(CacheFixture.HourExpiresAfter);
        var token = await cache.CacheTokenAsync(CacheFixture.Hour);

        await InvalidateAsync(cache, older);
        Assert.Same(token, await cache.ReplaceAsync(older));
        await InvalidateAsync(cache, token);

        Assert.False(cache.GetAsync().IsCompleted);
    }

    [Fact]
    public async Task Invalidating_a_token_while_none_is_cached_changes_nothing()
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
    public async Task Invalidating_the_token_of_one_request_does_not_affect_other_requests()
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
    public async Task An_invalidation_does_not_end_a_backoff()
    {
        using var cache = new CacheFixture();
        var rejected = await cache.CacheTokenAsync(CacheFixture.Hour);
        cache.Time.Advance(CacheFixture.HourRefreshAfter);
        cache.GetWithoutWaiting();
        await cache.FailRequestAsync(CacheFixture.Unreachable());

        await InvalidateAsync(cache, rejected);

        Assert.Contains("remembered", cache.GetErrorWithoutWaiting().Message, StringComparison.Ordinal);
        cache.Time.Advance(TimeSpan.FromSeconds(3.75) - OneTick);
        cache.GetErrorWithoutWaiting();
        cache.Time.Advance(OneTick);
        Assert.False(cache.GetAsync().IsCompleted);
    }

    [Theory]
    [InlineData(4, 1)]
    [InlineData(100, 25)]
    [InlineData(120, 30)]
    [InlineData(3600, 30)]
    public async Task A_token_can_be_invalidated_once_in_30_s_or_in_a_quarter_of_its_lifetime(int lifetime, int interval)
    {
        using var cache = new CacheFixture();
        await InvalidateAsync(cache, await cache.CacheTokenAsync(TimeSpan.FromSeconds(lifetime)));
        var second = await cache.CacheTokenAsync(TimeSpan.FromSeconds(lifetime));

        cache.Time.Advance(TimeSpan.FromSeconds(interval) - OneTick);
        await InvalidateAsync(cache, second);
        Assert.Same(second, cache.GetWithoutWaiting());
        cache.Time.Advance(OneTick);
        await InvalidateAsync(cache, second);

        Assert.False(cache.GetAsync().IsCompleted);
    }

    [Fact]
    public async Task A_hundred_concurrent_invalidations_of_one_token_cause_one_token_request()
    {
        using var cache = new CacheFixture();
        var rejected = await cache.CacheTokenAsync(CacheFixture.Hour);
        var waiting = new Task<AccessToken>[100];

        Parallel.For(0, waiting.Length, i =>
        {
            var invalidation = cache.Tokens.InvalidateAsync(TokenRequest.Default, rejected);
            Assert.True(invalidation.IsCompletedSuccessfully);
            waiting[i] = cache.GetAsync();
        });
        var refreshed = cache.Issue(CacheFixture.Hour);
        await cache.CompleteRequestAsync(refreshed);

        Assert.All(await Task.WhenAll(waiting).WithTimeout(), token => Assert.Same(refreshed, token));
        Assert.Equal(2, cache.Source.Calls);
    }

    [Fact]
    public async Task Callers_wait_for_a_refresh_that_was_running_when_the_token_was_invalidated()
    {
        using var cache = new CacheFixture();
        var rejected = await cache.CacheTokenAsync(CacheFixture.Hour);
        cache.Time.Advance(CacheFixture.HourRefreshAfter);
        cache.GetWithoutWaiting();
        var call = await cache.Source.NextCallAsync();

        await InvalidateAsync(cache, rejected);
        var waiting = cache.GetAsync();
        var refreshed = cache.Issue(CacheFixture.Hour);
        call.Return(refreshed);

        Assert.Same(refreshed, await waiting.WithTimeout());
        Assert.Equal(2, cache.Source.Calls);
    }

    [Fact]
    public async Task Invalidating_null_throws_ArgumentNullException()
    {
        using var cache = new CacheFixture();

        await Assert.ThrowsAsync<ArgumentNullException>(() => InvalidateAsync(cache, null!));
    }

    private static Task InvalidateAsync(CacheFixture cache, AccessToken rejected) =>
        cache.Tokens.InvalidateAsync(TokenRequest.Default, rejected, TestContext.Current.CancellationToken).AsTask();
}
