using JwtGrantClient.Tests.TestSupport;

namespace JwtGrantClient.Tests.Caching;

/// <summary>A Retry-After that is longer than the acquisition becomes the backoff. The response reader has already limited it.</summary>
public sealed class RetryAfterBackoffTests
{
    [Theory]
    [InlineData(40, 0.0, 40)]
    [InlineData(40, 0.5, 42)]
    [InlineData(300, 1.0, 330)]
    public async Task No_request_is_sent_until_the_Retry_After_of_the_server_and_a_random_part_have_passed(int retryAfter, double random, int backoff)
    {
        using var cache = new CacheFixture { NextDouble = () => random };
        await FailFirstAsync(cache, TimeSpan.FromSeconds(retryAfter));

        cache.Time.Advance(TimeSpan.FromSeconds(backoff) - TimeSpan.FromTicks(1));
        cache.GetErrorWithoutWaiting();
        cache.Time.Advance(TimeSpan.FromTicks(1));

        Assert.NotNull(await cache.CacheTokenAsync(CacheFixture.Hour));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public async Task A_short_Retry_After_does_not_shorten_the_usual_backoff(int retryAfter)
    {
        using var cache = new CacheFixture();
        await FailFirstAsync(cache, TimeSpan.FromSeconds(retryAfter));

        cache.Time.Advance(TimeSpan.FromSeconds(1.5) - TimeSpan.FromTicks(1));
        cache.GetErrorWithoutWaiting();
        cache.Time.Advance(TimeSpan.FromTicks(1));

        Assert.NotNull(await cache.CacheTokenAsync(CacheFixture.Hour));
    }

    [Fact]
    public async Task A_Retry_After_applies_to_background_refreshes_too()
    {
        using var cache = new CacheFixture();
        var token = await cache.CacheTokenAsync(CacheFixture.Hour);
        cache.Time.Advance(CacheFixture.HourRefreshAfter);
        cache.GetWithoutWaiting();
        await cache.FailRequestAsync(CacheFixture.Unreachable(TimeSpan.FromSeconds(200)));

        cache.Time.Advance(TimeSpan.FromSeconds(210) - TimeSpan.FromTicks(1));
        Assert.Same(token, cache.GetWithoutWaiting());
        Assert.False(cache.IsRefreshing);
        cache.Time.Advance(TimeSpan.FromTicks(1));
        Assert.Same(token, cache.GetWithoutWaiting());
        Assert.True(cache.IsRefreshing);
    }

    [Fact]
    public async Task A_Retry_After_beyond_the_end_of_a_valid_token_does_not_prevent_the_attempt_at_that_end()
    {
        var lifetime = TimeSpan.FromMinutes(5);
        using var cache = new CacheFixture();
        var token = await cache.CacheTokenAsync(lifetime);
        cache.Time.Advance(lifetime * 0.65);
        cache.GetWithoutWaiting();
        await cache.FailRequestAsync(CacheFixture.Unreachable(TimeSpan.FromSeconds(300)));
        var end = lifetime - TimeSpan.FromSeconds(10) - lifetime * 0.65;

        cache.Time.Advance(end - TimeSpan.FromTicks(1));
        Assert.Same(token, cache.GetWithoutWaiting());
        cache.Time.Advance(TimeSpan.FromTicks(1));
        var waiting = cache.GetAsync();
        var next = cache.Issue(lifetime);
        await cache.CompleteRequestAsync(next);

        Assert.Same(next, await waiting.WithTimeout());
    }

    private static async Task FailFirstAsync(CacheFixture cache, TimeSpan retryAfter)
    {
        var waiting = cache.GetAsync();
        await cache.FailRequestAsync(CacheFixture.Unreachable(retryAfter));
        await Assert.ThrowsAsync<JwtGrantException>(() => waiting.WithTimeout());
    }
}
