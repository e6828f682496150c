using BenchmarkDotNet.Attributes;
using JwtGrantClient.Benchmarks.Contenders;
using JwtGrantClient.Benchmarks.Endpoint;

namespace JwtGrantClient.Benchmarks;

/// <summary>A token that is kept, with the system's clock; beside the field that people write by hand, their cache, and the peers.</summary>
public class CachedGet
{
    private JwtGrantTokenSource _tokens = null!;
    private (string Token, DateTimeOffset Expires) _field;
    private Contender _handRolled = null!, _google = null!, _msal = null!, _azure = null!;

    [GlobalSetup]
    public async Task SetUp()
    {
        _tokens = TestData.TokenSource();
        await _tokens.GetTokenAsync(TokenRequest.Default);
        _field = ("t", DateTimeOffset.UtcNow.AddHours(1));
        _handRolled = await WarmAsync(new HandRolled(TestData.TokenEndpoint, new Instant()));
        _google = await WarmAsync(new GoogleAuth(TestData.TokenEndpoint, new Instant()));
        _msal = await WarmAsync(new Msal(TestData.TokenEndpoint, new Instant()));
        _azure = await WarmAsync(new AzureIdentity(TestData.TokenEndpoint, new Instant()));
    }

    [GlobalCleanup]
    public async Task CleanUp()
    {
        await _tokens.DisposeAsync();
        foreach (var contender in new[] { _handRolled, _google, _msal, _azure })
            contender.Dispose();
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

    private static string Get(Contender contender)
    {
        var pending = contender.GetAsync();
        return pending.IsCompletedSuccessfully ? pending.Result : pending.AsTask().GetAwaiter().GetResult();
    }

    private static async Task<Contender> WarmAsync(Contender contender)
    {
        await contender.GetAsync();
        return contender;
    }
}
