using System.Collections.Concurrent;
using System.Net;

namespace JwtGrantClient.Benchmarks.Measurements;

/// <summary>
/// What each of 100,000 identities holds of memory, with a subject of 16 characters and a token of 100: in the cache, and in a ConcurrentDictionary
/// of the same keys and tokens, which neither renews nor forgets them.
/// </summary>
internal sealed class IdentitySize : IMeasurement
{
    public async Task<IReadOnlyList<Row>> RunAsync(Scale scale)
    {
        var count = scale == Scale.Once ? 100 : 100_000;
        var options = TestData.Options(TestData.EcPem);
        options.Grant = GrantType.JwtBearer;
        options.Cache.MaxEntries = count;
        using var endpoint = new Numbering();
        await using var tokens = JwtGrantTokenSource.Create(options, signer: new Unsigned(), tokenEndpointHandler: endpoint);
        await tokens.GetTokenAsync(Request(0));
        var kept = await EachAsync(count, async i => await tokens.GetTokenAsync(Request(i)));
        var dictionary = new ConcurrentDictionary<TokenRequest, AccessToken>();
        var floor = await EachAsync(count, i =>
        {
            dictionary[Request(i)] = new($"{i:D100}", DateTimeOffset.UnixEpoch);
            return ValueTask.CompletedTask;
        });
        GC.KeepAlive(dictionary);
        var group = $"Memory held for each of {count:N0} identities";
        return
        [
            new(group, "ConcurrentDictionary", floor, "B", Ratio: 1),
            new(group, "JwtGrantClient", kept, "B", Ratio: kept / floor),
        ];
    }

    private static async Task<double> EachAsync(int count, Func<int, ValueTask> keepAsync)
    {
        var before = GC.GetTotalMemory(forceFullCollection: true);
        for (var i = 1; i <= count; i++)
            await keepAsync(i);
        return (GC.GetTotalMemory(forceFullCollection: true) - before) / (double)count;
    }

    private static TokenRequest Request(int i) => new() { Subject = $"subject-{i:D8}" };

    /// <summary>A token endpoint in memory that gives each caller another token.</summary>
    private sealed class Numbering : HttpMessageHandler
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
