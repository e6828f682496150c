using JwtGrantClient.Simulations.Time;

namespace JwtGrantClient.Simulations.Fleet;

/// <summary>
/// The fleet's second level in memory. An answer is as old as the way back, and an entry is there only after the way there: never better
/// than a real store of that latency.
/// </summary>
internal sealed class Store(VirtualTime time) : ISharedTokenStore
{
    private static readonly TimeSpan Latency = TimeSpan.FromMilliseconds(2);
    private readonly Dictionary<string, SharedToken> _entries = [];

    public async ValueTask<SharedToken?> GetAsync(string key, CancellationToken cancellationToken = default)
    {
        var entry = _entries.GetValueOrDefault(key);
        await Task.Delay(Latency, time, cancellationToken);
        return entry;
    }

    public async ValueTask SetAsync(string key, SharedToken token, CancellationToken cancellationToken = default)
    {
        await Task.Delay(Latency, time, cancellationToken);
        _entries[key] = token;
    }
}
