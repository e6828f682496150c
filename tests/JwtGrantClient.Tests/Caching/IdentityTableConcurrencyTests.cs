using System.Collections.Concurrent;
using JwtGrantClient.Tests.TestSupport;

namespace JwtGrantClient.Tests.Caching;

/// <summary>Invariants while the table grows and evicts entries under real threads.</summary>
public sealed class IdentityTableConcurrencyTests
{
    private const int Workers = 4, Identities = 300, CallsEach = 30_000;

    private readonly ConcurrentDictionary<string, int> _inFlight = new();
    private int _duplicates;

    [Theory]
    [InlineData(Identities, Identities)]
    [InlineData(40, int.MaxValue)]
    public async Task Each_identity_gets_its_own_token_by_one_request_at_a_time(int maxEntries, int maxRequests)
    {
        var requests = 0;
        using var cache = new CacheFixture(
            source: new DelegateTokenSource(async (request, _) =>
            {
                if (_inFlight.AddOrUpdate(request.Subject!, 1, (_, count) => count + 1) > 1)
                    Interlocked.Increment(ref _duplicates);
                Interlocked.Increment(ref requests);
                await Task.Yield();
                _inFlight.AddOrUpdate(request.Subject!, 0, (_, count) => count - 1);
                return new AccessToken(request.Subject!, TestData.Moment + CacheFixture.Hour);
            }),
            cache: new() { MaxEntries = maxEntries });

        await Task.WhenAll(Enumerable.Range(0, Workers).Select(worker => Task.Run(() => CallAsync(cache, worker)))).WithTimeout();

        Assert.Equal(0, _duplicates);
        Assert.InRange(requests, Identities, maxRequests);
        Assert.InRange(CacheInspector.CountEntries(cache.Tokens), 1, maxEntries + Workers + (maxEntries / 16) + 1);
    }

    private static async Task CallAsync(CacheFixture cache, int seed)
    {
#pragma warning disable CA5394 // Reproducible by its seed. The numbers are not secret.
        var random = new Random(seed);
        for (var call = 0; call < CallsEach; call++)
        {
            var subject = $"subject-{random.Next(Identities)}";
#pragma warning restore CA5394
            var token = await cache.Tokens.GetTokenAsync(new TokenRequest { Subject = subject }, CancellationToken.None);
            Assert.Equal(subject, token.Value);
        }
    }
}
