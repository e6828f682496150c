using JwtGrantClient.Tests.TestSupport;

namespace JwtGrantClient.Tests.Caching;

/// <summary>No call waits for a refresh while a token is valid, over ten lifetimes.</summary>
public sealed class SteadyLoadTests
{
    private const int Calls = 100_000;
    private static readonly TimeSpan Lifetime = TimeSpan.FromSeconds(4), Latency = TimeSpan.FromMilliseconds(300);

    // 100,000 steps take 40 s, which is ten lifetimes of four seconds.
    private static readonly TimeSpan Step = TimeSpan.FromMicroseconds(400);

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task None_of_100000_calls_waits_and_each_token_takes_one_request(int seed)
    {
        using var cache = new CacheFixture();
#pragma warning disable CA5394 // Reproducible by its seed. The numbers are not secret.
        var random = new Random(seed);
        var lastRandom = 0.0;
        cache.NextDouble = () => lastRandom = random.NextDouble();
#pragma warning restore CA5394
        var issued = cache.Time.GetUtcNow();
        await cache.CacheTokenAsync(Lifetime);
        var (expected, respondAt, call) = (1, DateTimeOffset.MaxValue, (ControlledCall?)null);

        for (var i = 0; i < Calls; i++)
        {
            cache.Time.Advance(Step);
            var now = cache.Time.GetUtcNow();
            if (now >= respondAt)
            {
                call!.Return(cache.IssueAt(issued, Lifetime));
                await cache.Log.NextAsync();
                (call, respondAt) = (null, DateTimeOffset.MaxValue);
            }

            var token = cache.GetWithoutWaiting();

            Assert.True(token.ExpiresAt > now);
            // The first call at or after the random refresh time starts the only refresh.
            if (call is null && now >= issued + Lifetime * (0.5 + 0.3 * lastRandom))
            {
                expected++;
                call = await cache.Source.NextCallAsync();
                (issued, respondAt) = (now, now + Latency);
            }
        }

        Assert.Equal(expected, cache.Source.Calls);
        // At least one token for every 0.8 lifetimes plus 300 ms, and at most one for every half lifetime.
        Assert.InRange(expected, 12, 21);
    }
}
