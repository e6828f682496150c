using JwtGrantClient.Tests.TestSupport;
using Microsoft.Extensions.Logging;

namespace JwtGrantClient.Tests.Caching;

/// <summary>REFRESH: keep the token; the next try after an equal-jitter gate of 5 s x 2^n, at most 120 s, not past hard.</summary>
public sealed class FailureWhileTokenIsValidTests
{
    [Fact]
    public async Task Keeps_handing_the_token_out_and_says_so_in_the_log()
    {
        using var cache = new CacheFixture();
        var token = await cache.CacheTokenAsync(CacheFixture.Hour);
        cache.Time.Advance(CacheFixture.HourRefreshAfter);
        cache.GetWithoutWaiting();
        var error = CacheFixture.Unreachable();

        var line = await cache.FailRequestAsync(error);

        Assert.Same(token, cache.GetWithoutWaiting());
        Assert.Equal(LogLevel.Warning, line.Level);
        Assert.Same(error, line.Exception);
        Assert.Equal(
            "Client 'reports' could not refresh its token, which is valid for another 00:20:50; next attempt in 00:00:03.7500000", line.Text);
    }

    [Theory]
    [InlineData(0.0, new[] { 2.5, 5, 10, 20, 40, 60, 60 })]
    [InlineData(0.5, new[] { 3.75, 7.5, 15, 30, 60, 90, 90 })]
    [InlineData(1.0, new[] { 5.0, 10, 20, 40, 80, 120, 120 })]
    public async Task Spaces_the_attempts_by_half_fixed_and_half_drawn_time(double random, double[] gates)
    {
        using var cache = new CacheFixture();
        var day = TimeSpan.FromDays(1);
        await cache.CacheTokenAsync(day);
        cache.Time.Advance(day * 0.65);
        cache.NextDouble = () => random;

        foreach (var gate in gates)
        {
            cache.GetWithoutWaiting();
            await cache.FailRequestAsync(CacheFixture.Unreachable());
            cache.Time.Advance(TimeSpan.FromSeconds(gate) - TimeSpan.FromTicks(1));
            cache.GetWithoutWaiting();
            Assert.False(cache.IsRefreshing);
            cache.Time.Advance(TimeSpan.FromTicks(1));
        }
    }

    [Fact]
    public async Task Tries_again_at_the_token_s_end_at_the_latest()
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
        var renewed = cache.Issue(CacheFixture.Hour);
        await cache.CompleteRequestAsync(renewed);

        Assert.Same(renewed, await waiting.WithTimeout());
    }

    [Fact]
    public async Task Does_not_change_the_end_of_the_token()
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

        Assert.Contains("remembered", cache.GetErrorWithoutWaiting().Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Starts_over_with_short_gates_after_a_success()
    {
        using var cache = new CacheFixture();
        var day = TimeSpan.FromDays(1);
        await cache.CacheTokenAsync(day);
        cache.Time.Advance(day * 0.65);
        foreach (var gate in new[] { 3.75, 7.5, 15 })
        {
            cache.GetWithoutWaiting();
            await cache.FailRequestAsync(CacheFixture.Unreachable());
            cache.Time.Advance(TimeSpan.FromSeconds(gate));
        }
        cache.GetWithoutWaiting();
        await cache.CompleteRequestAsync(cache.Issue(day));
        cache.Time.Advance(day * 0.65);
        cache.GetWithoutWaiting();

        Assert.Equal("next attempt in 00:00:03.7500000", Wait(await cache.FailRequestAsync(CacheFixture.Unreachable())));
    }

    private static string Wait(LogLine line) => line.Text[line.Text.IndexOf("next attempt", StringComparison.Ordinal)..];
}
