using JwtGrantClient.Tests.TestSupport;

namespace JwtGrantClient.Tests.Caching;

/// <summary>A Retry-After that outlasts the acquisition becomes the backoff. It was capped where the response was read.</summary>
public sealed class RetryAfterBackoffTests
{
    [Theory]
    [InlineData(40, 40)]
    [InlineData(300, 300)]
    public async Task Leaves_the_server_alone_for_as_long_as_it_asked(int asked, int gate)
    {
        using var cache = new CacheFixture();
        await FailFirstAsync(cache, TimeSpan.FromSeconds(asked));

        cache.Time.Advance(TimeSpan.FromSeconds(gate) - TimeSpan.FromTicks(1));
        cache.GetErrorWithoutWaiting();
        cache.Time.Advance(TimeSpan.FromTicks(1));

        Assert.NotNull(await cache.CacheTokenAsync(CacheFixture.Hour));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public async Task Does_not_let_the_server_ask_for_less_than_the_usual_gate(int asked)
    {
        using var cache = new CacheFixture();
        await FailFirstAsync(cache, TimeSpan.FromSeconds(asked));

        cache.Time.Advance(TimeSpan.FromSeconds(1.5) - TimeSpan.FromTicks(1));
        cache.GetErrorWithoutWaiting();
        cache.Time.Advance(TimeSpan.FromTicks(1));

        Assert.NotNull(await cache.CacheTokenAsync(CacheFixture.Hour));
    }

    [Fact]
    public async Task Holds_for_a_renewal_ahead_too()
    {
        using var cache = new CacheFixture();
        var token = await cache.CacheTokenAsync(CacheFixture.Hour);
        cache.Time.Advance(CacheFixture.HourRefreshAfter);
        cache.GetWithoutWaiting();
        await cache.FailRequestAsync(CacheFixture.Unreachable(TimeSpan.FromSeconds(200)));

        cache.Time.Advance(TimeSpan.FromSeconds(200) - TimeSpan.FromTicks(1));
        Assert.Same(token, cache.GetWithoutWaiting());
        Assert.False(cache.IsRefreshing);
        cache.Time.Advance(TimeSpan.FromTicks(1));
        Assert.Same(token, cache.GetWithoutWaiting());
        Assert.True(cache.IsRefreshing);
    }

    private static async Task FailFirstAsync(CacheFixture cache, TimeSpan retryAfter)
    {
        var waiting = cache.GetAsync();
        await cache.FailRequestAsync(CacheFixture.Unreachable(retryAfter));
        await Assert.ThrowsAsync<JwtGrantException>(() => waiting.WithTimeout());
    }
}
