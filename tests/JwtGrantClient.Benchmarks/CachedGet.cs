using BenchmarkDotNet.Attributes;

namespace JwtGrantClient.Benchmarks;

/// <summary>A token that is kept, with the system's clock; beside the cache that people write by hand.</summary>
public class CachedGet
{
    private JwtGrantTokenSource _tokens = null!;
    private (string Token, DateTimeOffset Expires) _field;

    [GlobalSetup]
    public async Task SetUp()
    {
        _tokens = Some.TokenSource();
        await _tokens.GetTokenAsync(TokenRequest.Default);
        _field = ("t", DateTimeOffset.UtcNow.AddHours(1));
    }

    [GlobalCleanup]
    public async Task CleanUp() => await _tokens.DisposeAsync();

    [Benchmark(Baseline = true)]
    public string HandRolledField() => DateTimeOffset.UtcNow < _field.Expires ? _field.Token : throw new InvalidOperationException();

    [Benchmark]
    public AccessToken Cached()
    {
        var pending = _tokens.GetTokenAsync(TokenRequest.Default);
        return pending.IsCompletedSuccessfully ? pending.Result : throw new InvalidOperationException();
    }
}
