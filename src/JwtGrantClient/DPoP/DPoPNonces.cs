using System.Collections.Concurrent;
using JwtGrantClient.Protocol;

namespace JwtGrantClient.DPoP;

/// <summary>
/// The last nonce of each origin (RFC 9449 section 8). The nonces of authorization servers and of APIs are separate instances, because one origin
/// can be both and then uses two nonces.
/// </summary>
internal sealed class DPoPNonces
{
    // A client usually has few origins. If there are more, all nonces are dropped; a lost nonce costs one additional request.
    private const int MaximumOrigins = 1000;

    private readonly ConcurrentDictionary<Origin, string> _byOrigin = [];
    private readonly Lock _adding = new();

    /// <summary>Gets the number of origins with a nonce.</summary>
    public int Count => _byOrigin.Count;

    /// <summary>Returns the last nonce of a server; null if there is none.</summary>
    public string? Get(Uri address) => _byOrigin.GetValueOrDefault(Origin.From(address));

    /// <summary>Stores a valid nonce.</summary>
    public void Store(Uri address, string nonce)
    {
        var origin = Origin.From(address);
        lock (_adding)
        {
            if (_byOrigin.Count >= MaximumOrigins && !_byOrigin.ContainsKey(origin))
                _byOrigin.Clear();
            _byOrigin[origin] = nonce;
        }
    }
}
