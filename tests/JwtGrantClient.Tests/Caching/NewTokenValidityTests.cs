using JwtGrantClient.Tests.TestSupport;

namespace JwtGrantClient.Tests.Caching;

public sealed class NewTokenValidityTests
{
    private static readonly TimeSpan Tick = TimeSpan.FromTicks(1);

    [Fact]
    public async Task Have_spent_the_time_since_before_the_request_was_sent()
    {
        using var cache = new CacheFixture();
        var waiting = cache.GetAsync();
        var call = await cache.Source.NextCallAsync();
        var sent = cache.Time.GetUtcNow();
        cache.Time.Advance(TimeSpan.FromSeconds(20));
        call.Return(cache.IssueAt(sent, CacheFixture.Hour));
        var token = await waiting.WithTimeout();

        cache.Time.Advance(CacheFixture.HourExpiresAfter - TimeSpan.FromSeconds(20) - Tick);
        Assert.Same(token, cache.GetWithoutWaiting());
        cache.Time.Advance(Tick);

        Assert.False(cache.GetAsync().IsCompleted);
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(4000, 3600)]
    [InlineData(4000, 5000)]
    public async Task Are_an_error_when_they_are_over_already(int lifetime, int spent)
    {
        using var cache = new CacheFixture();
        var waiting = cache.GetAsync();
        var dead = cache.IssueAt(cache.Time.GetUtcNow() - TimeSpan.FromMilliseconds(spent), TimeSpan.FromMilliseconds(lifetime));

        await cache.CompleteRequestAsync(dead);

        var error = await Assert.ThrowsAsync<JwtGrantException>(() => waiting.WithTimeout());
        Assert.Equal((JwtGrantErrorKind.MalformedResponse, "token_expired_on_arrival"), (error.Kind, error.Code));
        Assert.Contains("Raise the token lifetime at the server", error.Message, StringComparison.Ordinal);
        cache.GetErrorWithoutWaiting();
    }

    [Fact]
    public async Task Are_kept_when_a_tick_is_left()
    {
        using var cache = new CacheFixture();
        var waiting = cache.GetAsync();
        var token = cache.IssueAt(cache.Time.GetUtcNow() - TimeSpan.FromSeconds(3.6) + Tick, TimeSpan.FromSeconds(4));

        await cache.CompleteRequestAsync(token);

        Assert.Same(token, await waiting.WithTimeout());
        Assert.Same(token, cache.GetWithoutWaiting());
    }

    [Fact]
    public async Task Leave_the_valid_one_in_place_when_they_are_dead()
    {
        using var cache = new CacheFixture();
        var valid = await cache.CacheTokenAsync(CacheFixture.Hour);
        cache.Time.Advance(CacheFixture.HourRefreshAfter);
        cache.GetWithoutWaiting();

        await cache.CompleteRequestAsync(cache.Issue(TimeSpan.Zero));

        Assert.Same(valid, cache.GetWithoutWaiting());
    }

    [Fact]
    public async Task Without_a_lifetime_live_for_what_is_left_to_their_expiry()
    {
        using var cache = new CacheFixture();
        var waiting = cache.GetAsync();
        var token = new AccessToken("from-elsewhere", cache.Time.GetUtcNow() + TimeSpan.FromSeconds(100));
        await cache.CompleteRequestAsync(token);
        await waiting.WithTimeout();

        cache.Time.Advance(TimeSpan.FromSeconds(65) - Tick);
        cache.GetWithoutWaiting();
        Assert.False(cache.IsRefreshing);
        cache.Time.Advance(Tick);
        cache.GetWithoutWaiting();
        var call = await cache.Source.NextCallAsync();
        cache.Time.Advance(TimeSpan.FromSeconds(25) - Tick);
        Assert.Same(token, cache.GetWithoutWaiting());
        cache.Time.Advance(Tick);

        Assert.False(cache.GetAsync().IsCompleted);
        call.Return(cache.Issue(CacheFixture.Hour));
    }

    [Fact]
    public async Task Without_a_lifetime_and_expired_are_an_error()
    {
        using var cache = new CacheFixture();
        var waiting = cache.GetAsync();

        await cache.CompleteRequestAsync(new AccessToken("from-elsewhere", cache.Time.GetUtcNow() - TimeSpan.FromDays(1)));

        Assert.Equal("token_expired_on_arrival", (await Assert.ThrowsAsync<JwtGrantException>(() => waiting.WithTimeout())).Code);
    }

    [Fact]
    public async Task That_never_expire_are_kept()
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
    public async Task With_the_same_or_an_earlier_expiry_leave_the_server_alone_for_30_seconds(int later)
    {
        using var cache = new CacheFixture();
        var first = await cache.CacheTokenAsync(CacheFixture.Hour);
        // 40 s of life are left, of which 10 s are the allowance: drawn anew, it would be due at once.
        cache.Time.Advance(TimeSpan.FromSeconds(3500));
        cache.GetWithoutWaiting();
        var again = new AccessToken("again", first.ExpiresAt + TimeSpan.FromMilliseconds(later)) { Lifetime = CacheFixture.Hour };
        await cache.CompleteRequestAsync(again);

        cache.Time.Advance(TimeSpan.FromSeconds(30) - Tick);
        Assert.Same(again, cache.GetWithoutWaiting());
        Assert.False(cache.IsRefreshing);
        cache.Time.Advance(Tick);
        Assert.Same(again, cache.GetWithoutWaiting());
        Assert.True(cache.IsRefreshing);
    }

    [Fact]
    public async Task With_a_tick_more_are_renewed_by_the_usual_rule()
    {
        using var cache = new CacheFixture();
        var first = await cache.CacheTokenAsync(CacheFixture.Hour);
        cache.Time.Advance(TimeSpan.FromSeconds(3500));
        cache.GetWithoutWaiting();
        await cache.CompleteRequestAsync(new AccessToken("again", first.ExpiresAt + Tick) { Lifetime = CacheFixture.Hour });

        cache.GetWithoutWaiting();

        Assert.True(cache.IsRefreshing);
    }
}
