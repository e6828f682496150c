using JwtGrantClient.Tests.TestSupport;

namespace JwtGrantClient.Tests.Caching;

/// <summary>The promise that nobody waits for a refresh while a token is valid, over ten expiries.</summary>
public sealed class SteadyLoadTests
{
    private const int Calls = 100_000;
    private static readonly TimeSpan Lifetime = TimeSpan.FromSeconds(4), Latency = TimeSpan.FromMilliseconds(300);

    // 100,000 steps make 40 s: ten lives of four seconds.
    private static readonly TimeSpan Step = TimeSpan.FromMicroseconds(400);

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task None_of_100000_calls_waits_and_each_token_costs_one_request(int seed)
    {
        using var cache = new CacheFixture();
#pragma warning disable CA5394 // Reproducible by its seed; nothing secret is drawn.
        var random = new Random(seed);
        var drawn = 0.0;
        cache.NextDouble = () => drawn = random.NextDouble();
#pragma warning restore CA5394
        var issued = cache.Time.GetUtcNow();
        await cache.CacheTokenAsync(Lifetime);
        var (expected, answerAt, call) = (1, DateTimeOffset.MaxValue, (ControlledCall?)null);

        for (var i = 0; i < Calls; i++)
        {
            cache.Time.Advance(Step);
            var now = cache.Time.GetUtcNow();
            if (now >= answerAt)
            {
                call!.Return(cache.IssueAt(issued, Lifetime));
                await cache.Log.NextAsync();
                (call, answerAt) = (null, DateTimeOffset.MaxValue);
            }

            var token = cache.GetWithoutWaiting();

            Assert.True(token.ExpiresAt > now);
            // What the rule gives: the first call at or after the drawn moment starts the one flight.
            if (call is null && now >= issued + Lifetime * (0.5 + 0.3 * drawn))
            {
                expected++;
                call = await cache.Source.NextCallAsync();
                (issued, answerAt) = (now, now + Latency);
            }
        }

        Assert.Equal(expected, cache.Source.Calls);
        // At least one token every 0.8 lives and the 300 ms, at most one every half life.
        Assert.InRange(expected, 12, 21);
    }
}
