using System.Collections.Concurrent;
using BenchmarkDotNet.Attributes;

namespace JwtGrantClient.Benchmarks;

/// <summary>Measures getting the cached tokens of thousands of identities in random order, compared with a ConcurrentDictionary with the same keys.</summary>
public class Identities
{
    private readonly ConcurrentDictionary<TokenRequest, AccessToken> _dictionary = new();
    private TokenRequest[] _requests = [];
    private JwtGrantTokenSource _tokens = null!;
    private int _next;

    /// <summary>The number of identities; a small number if the benchmark only has to run.</summary>
    [Params(10_000, 100_000)]
    public int Count { get; set; } = 100;

    [GlobalSetup]
    public async Task SetUp()
    {
        _requests = [.. Enumerable.Range(0, Count).Select(Request)];
        var options = TestData.Options(TestData.EcPem);
        options.Grant = GrantType.JwtBearer;
        options.Cache.MaxEntries = Count;
        _tokens = TestData.TokenSource(options, new FakeSigner());
        foreach (var i in Enumerable.Range(0, Count))
            _dictionary[Request(i)] = await _tokens.GetTokenAsync(Request(i));
#pragma warning disable CA5394 // The order is the same in every run and not secret.
        new Random(1).Shuffle(_requests);
#pragma warning restore CA5394
    }

    // Callers create a new request for each call: it is equal to the key but another object.
    private static TokenRequest Request(int i) => new() { Subject = $"subject-{i:D8}" };

    [GlobalCleanup]
    public async Task CleanUp() => await _tokens.DisposeAsync();

    [Benchmark(Baseline = true)]
    public AccessToken Dictionary() => _dictionary[Next()];

    [Benchmark]
    public AccessToken Cached()
    {
        var pending = _tokens.GetTokenAsync(Next());
        return pending.IsCompletedSuccessfully ? pending.Result : throw new InvalidOperationException();
    }

    private TokenRequest Next()
    {
        _next = _next + 1 == _requests.Length ? 0 : _next + 1;
        return _requests[_next];
    }
}
