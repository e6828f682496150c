using JwtGrantClient.Tests.TestSupport;

namespace JwtGrantClient.Tests.Caching;

public sealed class NewTokenValidityTests
{
    private static readonly TimeSpan OneTick = TimeSpan.FromTicks(1);

    [Fact]
    public async Task The_lifetime_of_a_token_begins_before_the_request_was_sent()
    {
        using var cache = new CacheFixture();
        var waiting = cache.GetAsync();
        var call = await cache.Source.NextCallAsync();
        var sent = cache.Time.GetUtcNow();
        cache.Time.Advance(TimeSpan.FromSeconds(20));
        call.Return(cache.IssueAt(sent, CacheFixture.Hour));
        var token = await waiting.WithTimeout();

        cache.Time.Advance(CacheFixture.HourExpiresAfter - TimeSpan.FromSeconds(20) - OneTick);
        Assert.Same(token, cache.GetWithoutWaiting());
        cache.Time.Advance(OneTick);

        Assert.False(cache.GetAsync().IsCompleted);
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(4000, 3600)]
    [InlineData(4000, 5000)]
    public async Task A_token_that_is_expired_on_arrival_is_an_error(int lifetime, int age)
    {
        using var cache = new CacheFixture();
        var waiting = cache.GetAsync();
        var expired = cache.IssueAt(cache.Time.GetUtcNow() - TimeSpan.FromMilliseconds(age), TimeSpan.FromMilliseconds(lifetime));

        await cache.CompleteRequestAsync(expired);

        var error = await Assert.ThrowsAsync<JwtGrantException>(() => waiting.WithTimeout());
        Assert.Equal((JwtGrantErrorKind.MalformedResponse, "token_expired_on_arrival"), (error.Kind, error.Code));
        Assert.Contains("Increase the token lifetime at the server", error.Message, StringComparison.Ordinal);
        cache.GetErrorWithoutWaiting();
    }

    [Fact]
    public async Task A_token_with_one_usable_tick_left_is_cached()
    {
        using var cache = new CacheFixture();
        var waiting = cache.GetAsync();
        var token = cache.IssueAt(cache.Time.GetUtcNow() - TimeSpan.FromSeconds(3.6) + OneTick, TimeSpan.FromSeconds(4));

        await cache.CompleteRequestAsync(token);

        Assert.Same(token, await waiting.WithTimeout());
        Assert.Same(token, cache.GetWithoutWaiting());
    }

    [Fact]
    public async Task An_expired_new_token_does_not_replace_a_valid_one()
    {
        using var cache = new CacheFixture();
        var valid = await cache.CacheTokenAsync(CacheFixture.Hour);
        cache.Time.Advance(CacheFixture.HourRefreshAfter);
        cache.GetWithoutWaiting();

        await cache.CompleteRequestAsync(cache.Issue(TimeSpan.Zero));

        Assert.Same(valid, cache.GetWithoutWaiting());
    }

    [Fact]
    public async Task A_token_without_a_lifetime_is_scheduled_by_the_time_until_its_expiry()
    {
        using var cache = new CacheFixture();
        var waiting = cache.GetAsync();
        var token = new AccessToken("from-elsewhere", cache.Time.GetUtcNow() + TimeSpan.FromSeconds(100));
        await cache.CompleteRequestAsync(token);
        await waiting.WithTimeout();

        cache.Time.Advance(TimeSpan.FromSeconds(65) - OneTick);
        cache.GetWithoutWaiting();
        Assert.False(cache.IsRefreshing);
        cache.Time.Advance(OneTick);
        cache.GetWithoutWaiting();
        var call = await cache.Source.NextCallAsync();
        cache.Time.Advance(TimeSpan.FromSeconds(25) - OneTick);
        Assert.Same(token, cache.GetWithoutWaiting());
        cache.Time.Advance(OneTick);

        Assert.False(cache.GetAsync().IsCompleted);
        call.Return(cache.Issue(CacheFixture.Hour));
    }

    [Fact]
    public async Task An_expired_token_without_a_lifetime_is_an_error()
    {
        using var cache = new CacheFixture();
        var waiting = cache.GetAsync();

        await cache.CompleteRequestAsync(new AccessToken("from-elsewhere", cache.Time.GetUtcNow() - TimeSpan.FromDays(1)));

        Assert.Equal("token_expired_on_arrival", (await Assert.ThrowsAsync<JwtGrantException>(() => waiting.WithTimeout())).Code);
    }

    [Fact]
    public async Task A_token_that_never_expires_is_cached()
    {
        using var cache = new CacheFixture();
        var waiting = cache.GetAsync();

        await cache.CompleteRequestAsync(new AccessToken("from-elsewhere", DateTimeOffset.MaxValue));

        Assert.Equal("from-elsewhere", (await waiting.WithTimeout()).Value);
        cache.Time.Advance(TimeSpan.FromDays(365));
        Assert.Equal("from-elsewhere", cache.GetWithoutWaiting().Value);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-100)]
    public async Task A_new_token_that_expires_no_later_than_the_old_one_is_not_refreshed_for_30_seconds(int later)
    {
        using var cache = new CacheFixture();
        var first = await cache.CacheTokenAsync(CacheFixture.Hour);
        // The token has 100 s left, of which 10 s are the expiry margin. By the usual schedule it would be refreshed immediately.
        cache.Time.Advance(TimeSpan.FromSeconds(3500));
        cache.GetWithoutWaiting();
        var again = new AccessToken("again", first.ExpiresAt + TimeSpan.FromMilliseconds(later)) { Lifetime = CacheFixture.Hour };
        await cache.CompleteRequestAsync(again);

        cache.Time.Advance(TimeSpan.FromSeconds(30) - OneTick);
        Assert.Same(again, cache.GetWithoutWaiting());
        Assert.False(cache.IsRefreshing);
        cache.Time.Advance(OneTick);
        Assert.Same(again, cache.GetWithoutWaiting());
        Assert.True(cache.IsRefreshing);
    }

    [Fact]
    public async Task A_new_token_that_expires_later_than_the_old_one_is_refreshed_by_the_usual_rule()
    {
        using var cache = new CacheFixture();
        var first = await cache.CacheTokenAsync(CacheFixture.Hour);
        cache.Time.Advance(TimeSpan.FromSeconds(3500));
        cache.GetWithoutWaiting();
        await cache.CompleteRequestAsync(new AccessToken("again", first.ExpiresAt + OneTick) { Lifetime = CacheFixture.Hour });

        cache.GetWithoutWaiting();

        Assert.True(cache.IsRefreshing);
    }
}
