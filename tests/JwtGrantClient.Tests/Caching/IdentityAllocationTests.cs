using JwtGrantClient.Tests.TestSupport;

namespace JwtGrantClient.Tests.Caching;

/// <summary>A cached token of one of many identities is found without allocation by a request that is equal to the first one but is another object.</summary>
public sealed class IdentityAllocationTests
{
    private const int Identities = 100;

    [Fact]
    public async Task Getting_a_cached_token_of_one_of_many_identities_does_not_allocate()
    {
        await using var tokens = JwtGrantTokenSource.Create(TestClient.Options(), tokenEndpointHandler: new FakeTokenEndpoint().Handler);
        foreach (var i in Enumerable.Range(0, Identities))
            await tokens.GetTokenAsync(Request(i), TestContext.Current.CancellationToken);
        var requests = Enumerable.Range(0, Identities).Select(Request).ToArray();
        Get(tokens, requests);

        var before = GC.GetAllocatedBytesForCurrentThread();
        Get(tokens, requests);

        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
    }

    private static TokenRequest Request(int i) => new() { Subject = $"subject-{i}", Resource = ["https://api.example.com"] };

    private static void Get(JwtGrantTokenSource tokens, TokenRequest[] requests)
    {
        foreach (var request in requests)
        {
            var pending = tokens.GetTokenAsync(request, CancellationToken.None);
            Assert.True(pending.IsCompletedSuccessfully, "The token was not cached.");
        }
    }
}
