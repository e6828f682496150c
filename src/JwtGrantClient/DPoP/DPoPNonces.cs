using System.Collections.Concurrent;

namespace JwtGrantClient.DPoP;

/// <summary>
/// The last nonce of each server (RFC 9449 section 8). Authorization servers' and APIs' are kept apart, in two of these: the same origin
/// may hand out one of each.
/// </summary>
internal sealed class DPoPNonces
{
    // Origins are few, but a client that roams may see many; a nonce lost costs one more request.
    private const int MostOrigins = 1000;
    private const int Longest = 1024;

    private readonly ConcurrentDictionary<string, string> _byOrigin = new(StringComparer.Ordinal);

    public string? For(Uri address) => _byOrigin.TryGetValue(OriginOf(address), out var nonce) ? nonce : null;

    /// <summary>Keeps a nonce, unless it breaks RFC 9449 section 8.1: visible ASCII without quote and backslash.</summary>
    public bool TryKeep(Uri address, string? nonce)
    {
        if (nonce is not { Length: > 0 and <= Longest } || nonce.AsSpan().ContainsAnyExceptInRange('!', '~') || nonce.AsSpan().ContainsAny('"', '\\'))
            return false;
        var origin = OriginOf(address);
        if (_byOrigin.Count >= MostOrigins && !_byOrigin.ContainsKey(origin))
            _byOrigin.Clear();
        _byOrigin[origin] = nonce;
        return true;
    }

    private static string OriginOf(Uri address) => address.GetComponents(UriComponents.SchemeAndServer, UriFormat.UriEscaped);
}
