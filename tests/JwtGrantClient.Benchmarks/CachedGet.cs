using BenchmarkDotNet.Attributes;
using JwtGrantClient.Benchmarks.Clients;
using JwtGrantClient.Benchmarks.Endpoint;

namespace JwtGrantClient.Benchmarks;

/// <summary>
/// Measures getting a cached token with the system clock, compared with a handwritten field, a handwritten cache, and the caches of other libraries.
/// </summary>
public class CachedGet
{
    private JwtGrantTokenSource _tokens = null!;
    private (string Token, DateTimeOffset Expires) _field;
    private TokenClient _handRolled = null!, _google = null!, _msal = null!, _azure = null!;

    [GlobalSetup]
    public async Task SetUp()
    {
        _tokens = TestData.TokenSource();
        await _tokens.GetTokenAsync(TokenRequest.Default);
        _field = ("t", DateTimeOffset.UtcNow.AddHours(1));
        _handRolled = await WarmAsync(new HandRolled(TestData.TokenEndpoint, new InMemoryTokenEndpoint()));
        _google = await WarmAsync(new GoogleAuth(TestData.TokenEndpoint, new InMemoryTokenEndpoint()));
        _msal = await WarmAsync(new Msal(TestData.TokenEndpoint, new InMemoryTokenEndpoint()));
        _azure = await WarmAsync(new AzureIdentity(TestData.TokenEndpoint, new InMemoryTokenEndpoint()));
    }

    [GlobalCleanup]
    public async Task CleanUp()
    {
        await _tokens.DisposeAsync();
        foreach (var client in new[] { _handRolled, _google, _msal, _azure })
            client.Dispose();
    }

    [Benchmark(Baseline = true)]
    public string HandRolledField() => DateTimeOffset.UtcNow < _field.Expires ? _field.Token : throw new InvalidOperationException();

    [Benchmark]
    public AccessToken Cached()
    {
        var pending = _tokens.GetTokenAsync(TokenRequest.Default);
        return pending.IsCompletedSuccessfully ? pending.Result : throw new InvalidOperationException();
    }

    [Benchmark]
    public string HandRolledCache() => Get(_handRolled);

    [Benchmark]
    public string GoogleAuth() => Get(_google);

    [Benchmark]
    public string MsalNet() => Get(_msal);

    [Benchmark]
    public string AzureIdentity() => Get(_azure);

    private static string Get(TokenClient client)
    {
        var pending = client.GetAsync();
        return pending.IsCompletedSuccessfully ? pending.Result : pending.AsTask().GetAwaiter().GetResult();
    }

    private static async Task<TokenClient> WarmAsync(TokenClient client)
    {
        await client.GetAsync();
        return client;
    }
}
