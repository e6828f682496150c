using JwtGrantClient.Tests.TestSupport;

namespace JwtGrantClient.Tests.Caching;

/// <summary>Invariants under concurrency: real threads, a clock that each thread advances, and failures and invalidations in between.</summary>
public sealed class CacheConcurrencyTests
{
    private const int Workers = 4, CallsEach = 20_000;
    private static readonly TimeSpan Lifetime = TimeSpan.FromSeconds(4), Step = TimeSpan.FromMilliseconds(2);

    private int _requests, _inFlight, _maxInFlight;

    [Fact]
    public async Task Concurrent_calls_never_get_an_expired_token_run_two_refreshes_at_once_or_exceed_the_request_rate()
    {
        CacheFixture? cache = null;
        var source = new DelegateTokenSource(async (_, _) =>
        {
            InterlockedMax(ref _maxInFlight, Interlocked.Increment(ref _inFlight));
            var (number, issued) = (Interlocked.Increment(ref _requests), cache!.Time.GetUtcNow());
            await Task.Yield();
            Interlocked.Decrement(ref _inFlight);
            return number % 7 == 0 ? throw CacheFixture.Unreachable() : cache.IssueAt(issued, Lifetime);
        });
        using (cache = new CacheFixture(source: source))
        {
            var start = cache.Time.GetUtcNow();
            await Task.WhenAll(Enumerable.Range(0, Workers).Select(_ => Task.Run(() => CallAsync(cache)))).WithTimeout();

            // Two tokens are at least the invalidation interval apart, L / 4. Two failures are at least a backoff of 1 s apart, except at the expiry.
            var elapsed = cache.Time.GetUtcNow() - start;
            Assert.Equal(1, _maxInFlight);
            Assert.InRange(_requests, elapsed / Lifetime, 3 * elapsed / (Lifetime / 4));
        }
    }

    private static async Task CallAsync(CacheFixture cache)
    {
        for (var call = 0; call < CallsEach; call++)
        {
            cache.Time.Advance(Step);
            var called = cache.Time.GetUtcNow();
            try
            {
                var token = await cache.Tokens.GetTokenAsync(CancellationToken.None);
                Assert.True(token.ExpiresAt > called, $"{token} was returned to a call at {called:O}.");
                if (call % 50 == 0)
                    await cache.Tokens.InvalidateAsync(TokenRequest.Default, token, CancellationToken.None);
            }
            catch (JwtGrantException e)
            {
                Assert.Equal("token_endpoint_unreachable", e.Code);
            }
        }
    }

    private static void InterlockedMax(ref int max, int value)
    {
        for (var seen = Volatile.Read(ref max); value > seen; seen = Volatile.Read(ref max))
            Interlocked.CompareExchange(ref max, value, seen);
    }
}
