using JwtGrantClient.Tests.TestSupport;
using Microsoft.Extensions.Logging;

namespace JwtGrantClient.Tests.Caching;

/// <summary>
/// The token stays cached. The next attempt follows after an exponential backoff with equal jitter, 5 s x 2^n and at most 120 s, but not after the
/// token expires (docs/architecture.md, Backoff).
/// </summary>
public sealed class FailureWhileTokenIsValidTests
{
    [Fact]
    public async Task A_valid_token_is_still_returned_after_a_failed_refresh_and_the_failure_is_logged()
    {
        using var cache = new CacheFixture();
        var token = await cache.CacheTokenAsync(CacheFixture.Hour);
        cache.Time.Advance(CacheFixture.HourRefreshAfter);
        cache.GetWithoutWaiting();
        var error = CacheFixture.Unreachable();

        var line = await cache.FailRequestAsync(error);

        Assert.Same(token, cache.GetWithoutWaiting());
        Assert.Equal((LogLevel.Information, null), (line.Level, line.Exception));
        Assert.Equal(
            "Client 'reports' could not refresh its token, which is valid for another 00:20:50; next attempt in 00:00:03.7500000. token_endpoint_unreachable: No response from 'as.example.com:443'.",
            line.Text);
    }

    [Theory]
    [InlineData(0.0, new[] { 2.5, 5, 10, 20, 40, 60, 60 })]
    [InlineData(0.5, new[] { 3.75, 7.5, 15, 30, 60, 90, 90 })]
    [InlineData(1.0, new[] { 5.0, 10, 20, 40, 80, 120, 120 })]
    public async Task Attempts_are_spaced_by_exponential_backoff_with_equal_jitter(double random, double[] delays)
    {
        using var cache = new CacheFixture();
        var day = TimeSpan.FromDays(1);
        await cache.CacheTokenAsync(day);
        cache.Time.Advance(day * 0.65);
        cache.NextDouble = () => random;

        foreach (var delay in delays)
        {
            cache.GetWithoutWaiting();
            await cache.FailRequestAsync(CacheFixture.Unreachable());
            cache.Time.Advance(TimeSpan.FromSeconds(delay) - TimeSpan.FromTicks(1));
            cache.GetWithoutWaiting();
            Assert.False(cache.IsRefreshing);
            cache.Time.Advance(TimeSpan.FromTicks(1));
        }
    }

    [Fact]
    public async Task The_next_attempt_is_made_when_the_token_expires_at_the_latest()
    {
        using var cache = new CacheFixture();
        await cache.CacheTokenAsync(CacheFixture.Hour);
        cache.Time.Advance(CacheFixture.HourExpiresAfter - TimeSpan.FromSeconds(1));
        cache.GetWithoutWaiting();
        await cache.FailRequestAsync(CacheFixture.Unreachable());

        cache.Time.Advance(TimeSpan.FromSeconds(1) - TimeSpan.FromTicks(1));
        cache.GetWithoutWaiting();
        Assert.False(cache.IsRefreshing);
        cache.Time.Advance(TimeSpan.FromTicks(1));
        var waiting = cache.GetAsync();
        var refreshed = cache.Issue(CacheFixture.Hour);
        await cache.CompleteRequestAsync(refreshed);

        Assert.Same(refreshed, await waiting.WithTimeout());
    }

    [Fact]
    public async Task A_failed_refresh_does_not_change_when_the_token_expires()
    {
        using var cache = new CacheFixture();
        var token = await cache.CacheTokenAsync(CacheFixture.Hour);
        cache.Time.Advance(CacheFixture.HourRefreshAfter);
        cache.GetWithoutWaiting();
        await cache.FailRequestAsync(CacheFixture.Unreachable(TimeSpan.FromMinutes(5)));

        cache.Time.Advance(TimeSpan.FromMinutes(5) - TimeSpan.FromTicks(1));
        Assert.Same(token, cache.GetWithoutWaiting());
        cache.Time.Advance(CacheFixture.HourExpiresAfter - CacheFixture.HourRefreshAfter - TimeSpan.FromMinutes(5));
        Assert.Same(token, cache.GetWithoutWaiting());
        await cache.FailRequestAsync(CacheFixture.Unreachable(TimeSpan.FromMinutes(5)));
        cache.Time.Advance(TimeSpan.FromTicks(1));

        // One attempt at the end of the token, whatever the Retry-After.
        var waiting = cache.GetAsync();
        Assert.False(waiting.IsCompleted);
        await cache.FailRequestAsync(CacheFixture.Unreachable(TimeSpan.FromMinutes(5)));
        await Assert.ThrowsAsync<JwtGrantException>(() => waiting.WithTimeout());
        Assert.Contains("remembered", cache.GetErrorWithoutWaiting().Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_successful_refresh_resets_the_backoff()
    {
        using var cache = new CacheFixture();
        var day = TimeSpan.FromDays(1);
        await cache.CacheTokenAsync(day);
        cache.Time.Advance(day * 0.65);
        foreach (var delay in new[] { 3.75, 7.5, 15 })
        {
            cache.GetWithoutWaiting();
            await cache.FailRequestAsync(CacheFixture.Unreachable());
            cache.Time.Advance(TimeSpan.FromSeconds(delay));
        }
        cache.GetWithoutWaiting();
        await cache.CompleteRequestAsync(cache.Issue(day));
        cache.Time.Advance(day * 0.65);
        cache.GetWithoutWaiting();

        Assert.Equal("next attempt in 00:00:03.7500000", Wait(await cache.FailRequestAsync(CacheFixture.Unreachable())));
    }

    private static string Wait(LogLine line) => line.Text[line.Text.IndexOf("next attempt", StringComparison.Ordinal)..line.Text.IndexOf(". ", StringComparison.Ordinal)];
}
