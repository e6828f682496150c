using JwtGrantClient.Tests.TestSupport;

namespace JwtGrantClient.Tests.Caching;

/// <summary>What must hold whatever the threads do: real threads, a clock that each of them moves on, failures and refusals in between.</summary>
public sealed class CacheConcurrencyTests
{
    private const int Workers = 4, CallsEach = 20_000;
    private static readonly TimeSpan Lifetime = TimeSpan.FromSeconds(4), Step = TimeSpan.FromMilliseconds(2);

    private int _requests, _inFlight, _mostInFlight;

    [Fact]
    public async Task Never_get_an_expired_token_nor_start_two_flights_nor_ask_too_often()
    {
        CacheFixture? cache = null;
        var source = new DelegateTokenSource(async (_, _) =>
        {
            InterlockedMax(ref _mostInFlight, Interlocked.Increment(ref _inFlight));
            var (number, issued) = (Interlocked.Increment(ref _requests), cache!.Time.GetUtcNow());
            await Task.Yield();
            Interlocked.Decrement(ref _inFlight);
            return number % 7 == 0 ? throw CacheFixture.Unreachable() : cache.IssueAt(issued, Lifetime);
        });
        using (cache = new CacheFixture(source: source))
        {
            var start = cache.Time.GetUtcNow();
            await Task.WhenAll(Enumerable.Range(0, Workers).Select(_ => Task.Run(() => CallAsync(cache)))).WithTimeout();

            // Two tokens are at least the brake apart, L / 4; two failures at least a gate of 1 s, save the one at the token's end.
            var passed = cache.Time.GetUtcNow() - start;
            Assert.Equal(1, _mostInFlight);
            Assert.InRange(_requests, passed / Lifetime, 3 * passed / (Lifetime / 4));
        }
    }

    private static async Task CallAsync(CacheFixture cache)
    {
        for (var call = 0; call < CallsEach; call++)
        {
            cache.Time.Advance(Step);
            var asked = cache.Time.GetUtcNow();
            try
            {
                var token = await cache.Tokens.GetTokenAsync(CancellationToken.None);
                Assert.True(token.ExpiresAt > asked, $"{token} was handed out to a call of {asked:O}.");
                if (call % 50 == 0)
                    await cache.Tokens.InvalidateAsync(TokenRequest.Default, token, CancellationToken.None);
            }
            catch (JwtGrantException e)
            {
                Assert.Equal("token_endpoint_unreachable", e.Code);
            }
        }
    }

    private static void InterlockedMax(ref int most, int value)
    {
        for (var seen = Volatile.Read(ref most); value > seen; seen = Volatile.Read(ref most))
            Interlocked.CompareExchange(ref most, value, seen);
    }
}
