using JwtGrantClient.Tests.TestSupport;

namespace JwtGrantClient.Tests.Sources;

/// <summary>An entry for the token of a user takes at most 900 bytes, and the token of the user is not kept.</summary>
[Collection(nameof(UserTokenSizeTests))]
[CollectionDefinition(nameof(UserTokenSizeTests), DisableParallelization = true)]
public sealed class UserTokenSizeTests
{
    private const int Users = 100_000, MaxBytes = 900, TokenLength = 1_000;

    [Fact]
    public async Task An_entry_takes_at_most_900_bytes_with_the_name_and_the_token_of_a_user()
    {
        using var cache = new CacheFixture(
            source: new DelegateTokenSource((_, _) => Task.FromResult(
                new AccessToken("a", TestData.Moment + CacheFixture.Hour) { Lifetime = CacheFixture.Hour })),
            logger: Microsoft.Extensions.Logging.Abstractions.NullLogger.Instance,
            cache: new() { MaxEntries = Users });
        // The memory of earlier tests is released while the first half is added.
        await FillAsync(cache, 0, Users / 2);
        var before = GetMemoryInUse();

        await FillAsync(cache, Users / 2, Users);

        var bytesPerUser = (GetMemoryInUse() - before) / (Users / 2);
        TestContext.Current.SendDiagnosticMessage($"{bytesPerUser} bytes for each user");
        Assert.Equal(Users, CacheInspector.CountEntries(cache.Tokens));
        // Memory of earlier tests that is released during the second half makes the result smaller.
        Assert.InRange(bytesPerUser, 200, MaxBytes);
    }

    private static async Task FillAsync(CacheFixture cache, int from, int to)
    {
        for (var i = from; i < to; i++)
            await cache.Tokens.GetTokenAsync(
                new TokenRequest { Subject = $"subject-{i:D8}", SubjectToken = new(new string('a', TokenLength) + i, TokenTypes.AccessToken) }, CancellationToken.None);
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
