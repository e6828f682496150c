using System.Buffers;
using System.Buffers.Text;
using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using JwtGrantClient.Assertions;
using JwtGrantClient.Signing;

namespace JwtGrantClient.DPoP;

/// <summary>
/// Makes DPoP proofs (open first): a JWT for one sending of one request (RFC 9449 section 4.2), at the token endpoint and, with a token, at
/// APIs. Nothing is kept but nonces.
/// </summary>
internal sealed class DPoPProofs(DPoPKey key, TimeProvider clock, JtiGenerator ids) : ITokenProof
{
    private readonly JwsHeader _header = new(
        key.Signer, "dpop+jwt", new Dictionary<string, object>(StringComparer.Ordinal) { ["jwk"] = key.PublicJwk });

    private readonly DPoPNonces _serverNonces = new(), _apiNonces = new();

    /// <summary>A proof for a request to the authorization server.</summary>
    public ValueTask<string> ProveAsync(HttpMethod method, Uri address, CancellationToken cancellationToken) =>
        SignAsync(method, address, accessToken: null, _serverNonces.For(address), cancellationToken);

    /// <inheritdoc/>
    public ValueTask<string> ProveAsync(HttpMethod method, Uri address, string accessToken, CancellationToken cancellationToken) =>
        SignAsync(method, address, accessToken, _apiNonces.For(address), cancellationToken);

    /// <summary>
    /// Keeps the nonce that the authorization server handed out, for the next proof to it; false where there is none, or it is malformed.
    /// </summary>
    public bool TryKeepServerNonce(Uri address, string? nonce) => _serverNonces.TryKeep(address, nonce);

    /// <inheritdoc/>
    public void KeepNonce(Uri address, string nonce) => _apiNonces.TryKeep(address, nonce);

    private ValueTask<string> SignAsync(
        HttpMethod method, Uri address, string? accessToken, string? nonce, CancellationToken cancellationToken)
    {
        var json = new ArrayBufferWriter<byte>(256);
        using (var writer = new Utf8JsonWriter(json, new() { Encoder = JwsWriter.Encoder }))
        {
            writer.WriteStartObject();
            Span<byte> id = stackalloc byte[JtiGenerator.Length];
            ids.Write(id);
            writer.WriteString("jti"u8, id);
            writer.WriteString("htm"u8, method.Method);
            // Without query and fragment (RFC 9449 section 4.2).
            writer.WriteString("htu"u8, address.GetLeftPart(UriPartial.Path));
            writer.WriteNumber("iat"u8, clock.GetUtcNow().ToUnixTimeSeconds());
            if (accessToken is not null)
                writer.WriteString("ath"u8, Base64Url.EncodeToString(SHA256.HashData(Encoding.ASCII.GetBytes(accessToken))));
            if (nonce is not null)
                writer.WriteString("nonce"u8, nonce);
            writer.WriteEndObject();
        }
        return JwsWriter.SignAsync(_header, json.WrittenMemory, cancellationToken);
    }
}

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
