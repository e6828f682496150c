using JwtGrantClient.Tests.TestSupport;

namespace JwtGrantClient.Tests.Caching;

/// <summary>An identity takes at most 640 bytes, including its key and its token.</summary>
[Collection(nameof(IdentitySizeTests))]
[CollectionDefinition(nameof(IdentitySizeTests), DisableParallelization = true)]
public sealed class IdentitySizeTests
{
    private const int Identities = 100_000, MaxBytes = 640;

    [Fact]
    public async Task An_identity_takes_at_most_640_bytes_with_a_subject_of_16_and_a_token_of_100_characters()
    {
        var issued = 0;
        using var cache = new CacheFixture(
            source: new DelegateTokenSource((_, _) => Task.FromResult(
                new AccessToken($"{issued++,100:D100}", TestData.Moment + CacheFixture.Hour) { Lifetime = CacheFixture.Hour })),
            logger: Microsoft.Extensions.Logging.Abstractions.NullLogger.Instance,
            cache: new() { MaxEntries = Identities });
        await FillAsync(cache, 0, 1);
        var before = GetMemoryInUse();

        await FillAsync(cache, 1, Identities);

        var bytesPerIdentity = (GetMemoryInUse() - before) / (Identities - 1);
        TestContext.Current.SendDiagnosticMessage($"{bytesPerIdentity} bytes for each identity");
        Assert.Equal(Identities, CacheInspector.CountEntries(cache.Tokens));
        Assert.InRange(bytesPerIdentity, 400, MaxBytes);
    }

    private static async Task FillAsync(CacheFixture cache, int from, int to)
    {
        for (var i = from; i < to; i++)
            await cache.Tokens.GetTokenAsync(new TokenRequest { Subject = $"subject-{i:D8}" }, CancellationToken.None);
    }

    private static long GetMemoryInUse()
    {
        for (var i = 0; i < 3; i++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }
        return GC.GetTotalMemory(forceFullCollection: true);
    }
}
