using JwtGrantClient.Tests.TestSupport;

namespace JwtGrantClient.Tests.Caching;

/// <summary>A Retry-After that outlasts the acquisition becomes the backoff. It was capped where the response was read.</summary>
public sealed class ObeyingRetryAfter
{
    [Theory]
    [InlineData(40, 40)]
    [InlineData(300, 300)]
    public async Task Leaves_the_server_alone_for_as_long_as_it_asked(int asked, int gate)
    {
        using var cache = new GivenCache();
        await FailFirstAsync(cache, TimeSpan.FromSeconds(asked));

        cache.Time.Advance(TimeSpan.FromSeconds(gate) - TimeSpan.FromTicks(1));
        cache.FailAtOnce();
        cache.Time.Advance(TimeSpan.FromTicks(1));

        Assert.NotNull(await cache.HoldAsync(GivenCache.Hour));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public async Task Does_not_let_the_server_ask_for_less_than_the_usual_gate(int asked)
    {
        using var cache = new GivenCache();
        await FailFirstAsync(cache, TimeSpan.FromSeconds(asked));

        cache.Time.Advance(TimeSpan.FromSeconds(1.5) - TimeSpan.FromTicks(1));
        cache.FailAtOnce();
        cache.Time.Advance(TimeSpan.FromTicks(1));

        Assert.NotNull(await cache.HoldAsync(GivenCache.Hour));
    }

    [Fact]
    public async Task Holds_for_a_renewal_ahead_too()
    {
        using var cache = new GivenCache();
        var token = await cache.HoldAsync(GivenCache.Hour);
        cache.Time.Advance(GivenCache.HourIsDue);
        cache.GetAtOnce();
        await cache.FailAsync(GivenCache.Unreachable(TimeSpan.FromSeconds(200)));

        cache.Time.Advance(TimeSpan.FromSeconds(200) - TimeSpan.FromTicks(1));
        Assert.Same(token, cache.GetAtOnce());
        Assert.False(cache.IsFetching);
        cache.Time.Advance(TimeSpan.FromTicks(1));
        Assert.Same(token, cache.GetAtOnce());
        Assert.True(cache.IsFetching);
    }

    private static async Task FailFirstAsync(GivenCache cache, TimeSpan retryAfter)
    {
        var waiting = cache.GetAsync();
        await cache.FailAsync(GivenCache.Unreachable(retryAfter));
        await Assert.ThrowsAsync<JwtGrantException>(() => waiting.WithTimeout());
    }
}
