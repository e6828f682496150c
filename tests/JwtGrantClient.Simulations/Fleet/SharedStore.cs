using JwtGrantClient.Simulations.Time;

namespace JwtGrantClient.Simulations.Fleet;

/// <summary>
/// The in-memory shared token store of the fleet. A read returns the entry of before the latency, and a write takes effect after the latency, so the store is
/// never better than a real store with that latency.
/// </summary>
internal sealed class SharedStore(VirtualTime time) : ISharedTokenStore
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
