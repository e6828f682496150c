using System.Collections.Concurrent;
using System.Net;

namespace JwtGrantClient.Benchmarks.Measurements;

/// <summary>
/// Measures the memory of each of 100,000 identities with a subject of 16 characters and a token of 100: in the cache, and in a ConcurrentDictionary
/// with the same keys and tokens, which neither refreshes nor evicts them.
/// </summary>
internal sealed class IdentitySize : IMeasurement
{
    public async Task<IReadOnlyList<Row>> RunAsync(Scale scale)
    {
        var count = scale == Scale.Once ? 100 : 100_000;
        var options = TestData.Options(TestData.EcPem);
        options.Grant = GrantType.JwtBearer;
        options.Cache.MaxEntries = count;
        using var endpoint = new NumberedTokenEndpoint();
        await using var tokens = JwtGrantTokenSource.Create(options, signer: new FakeSigner(), tokenEndpointHandler: endpoint);
        await tokens.GetTokenAsync(Request(0));
        var cached = await BytesPerIdentityAsync(count, async i => await tokens.GetTokenAsync(Request(i)));
        var dictionary = new ConcurrentDictionary<TokenRequest, AccessToken>();
        var baseline = await BytesPerIdentityAsync(count, i =>
        {
            dictionary[Request(i)] = new($"{i:D100}", DateTimeOffset.UnixEpoch);
            return ValueTask.CompletedTask;
        });
        GC.KeepAlive(dictionary);
        var group = $"Memory held for each of {count:N0} identities";
        return
        [
            new(group, "ConcurrentDictionary", baseline, "B", Ratio: 1),
            new(group, "JwtGrantClient", cached, "B", Ratio: cached / baseline),
        ];
    }

    private static async Task<double> BytesPerIdentityAsync(int count, Func<int, ValueTask> addAsync)
    {
        var before = GC.GetTotalMemory(forceFullCollection: true);
        for (var i = 1; i <= count; i++)
            await addAsync(i);
        return (GC.GetTotalMemory(forceFullCollection: true) - before) / (double)count;
    }

    private static TokenRequest Request(int i) => new() { Subject = $"subject-{i:D8}" };

    /// <summary>An in-memory token endpoint that issues a different token for each request.</summary>
    private sealed class NumberedTokenEndpoint : HttpMessageHandler
    {
        private int _issued;

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) => Task.FromResult(
            new HttpResponseMessage(HttpStatusCode.OK)
            {
                RequestMessage = request,
                Content = new StringContent(
                    $$"""{"access_token":"{{_issued++:D100}}","token_type":"Bearer","expires_in":3600}""", null, "application/json"),
            });
    }
}
