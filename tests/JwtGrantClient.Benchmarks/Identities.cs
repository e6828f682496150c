using System.Collections.Concurrent;
using BenchmarkDotNet.Attributes;

namespace JwtGrantClient.Benchmarks;

/// <summary>A kept token of one of 100,000 identities, in random order, beside a ConcurrentDictionary of the same keys.</summary>
public class Identities
{
    private const int Count = 100_000;

    private readonly ConcurrentDictionary<TokenRequest, AccessToken> _dictionary = new();
    private readonly TokenRequest[] _requests = [.. Enumerable.Range(0, Count).Select(Request)];
    private JwtGrantTokenSource _tokens = null!;

    [GlobalSetup]
    public async Task SetUp()
    {
        var options = Some.Options(Some.EcPem);
        options.Grant = GrantType.JwtBearer;
        options.Cache.MaximumEntries = Count;
        _tokens = Some.TokenSource(options);
        foreach (var i in Enumerable.Range(0, Count))
            _dictionary[Request(i)] = await _tokens.GetTokenAsync(Request(i));
#pragma warning disable CA5394 // An order, the same in every run; nothing secret is drawn.
        new Random(1).Shuffle(_requests);
#pragma warning restore CA5394
    }

    // Callers make their requests anew: equal to the key, not the same object.
    private static TokenRequest Request(int i) => new() { Subject = $"subject-{i:D8}" };

    [GlobalCleanup]
    public async Task CleanUp() => await _tokens.DisposeAsync();

    [Benchmark(Baseline = true, OperationsPerInvoke = Count)]
    public int Dictionary()
    {
        var found = 0;
        foreach (var request in _requests)
            if (_dictionary.TryGetValue(request, out _))
                found++;
        return found;
    }

    [Benchmark(OperationsPerInvoke = Count)]
    public int Cached()
    {
        var found = 0;
        foreach (var request in _requests)
        {
            var pending = _tokens.GetTokenAsync(request);
            if (pending.IsCompletedSuccessfully && pending.Result is not null)
                found++;
        }
        return found;
    }
}
