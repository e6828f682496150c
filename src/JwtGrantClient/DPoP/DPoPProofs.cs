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
/// Creates DPoP proofs (open first): a JWT that is valid for one HTTP request (RFC 9449 section 4.2) to the token endpoint or, together with a
/// token, to an API. The only state is the nonces of the servers.
/// </summary>
internal sealed class DPoPProofs(DPoPKey key, TimeProvider clock, JtiGenerator ids) : ITokenProof
{
    private readonly JwsHeader _header = new(
        key.Signer, "dpop+jwt", new Dictionary<string, object>(StringComparer.Ordinal) { ["jwk"] = key.PublicJwk });

    private readonly DPoPNonces _serverNonces = new(), _apiNonces = new();

    /// <summary>Creates a proof for a request to the authorization server.</summary>
    public ValueTask<string> CreateProofAsync(HttpMethod method, Uri address, CancellationToken cancellationToken) =>
        SignAsync(method, address, accessToken: null, _serverNonces.Get(address), cancellationToken);

    /// <inheritdoc/>
    public ValueTask<string> CreateProofAsync(HttpMethod method, Uri address, string accessToken, CancellationToken cancellationToken) =>
        SignAsync(method, address, accessToken, _apiNonces.Get(address), cancellationToken);

    /// <summary>
    /// Stores the nonce that the authorization server sent, for the next proof to it. Returns false if there is no nonce or it is malformed.
    /// </summary>
    public bool TryStoreServerNonce(Uri address, string? nonce) => _serverNonces.TryStore(address, nonce);

    /// <inheritdoc/>
    public void StoreNonce(Uri address, string nonce) => _apiNonces.TryStore(address, nonce);

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
            // RFC 9449 section 4.2: the URI without query and fragment.
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
/// The last nonce of each server (RFC 9449 section 8). The nonces of authorization servers and of APIs are separate instances, because one origin
/// can be both and then uses two nonces.
/// </summary>
internal sealed class DPoPNonces
{
    // A client usually has few origins. If there are more, all nonces are dropped; a lost nonce costs one additional request.
    private const int MaximumOrigins = 1000;
    private const int MaximumNonceLength = 1024;

    private readonly ConcurrentDictionary<string, string> _byOrigin = new(StringComparer.Ordinal);

    /// <summary>Returns the last nonce of a server; null if there is none.</summary>
    public string? Get(Uri address) => _byOrigin.TryGetValue(GetOrigin(address), out var nonce) ? nonce : null;

    /// <summary>
    /// Stores a nonce. Returns false if it does not have the syntax of RFC 9449 section 8.1: visible ASCII characters except quote and backslash.
    /// </summary>
    public bool TryStore(Uri address, string? nonce)
    {
        if (nonce is not { Length: > 0 and <= MaximumNonceLength } || nonce.AsSpan().ContainsAnyExceptInRange('!', '~') || nonce.AsSpan().ContainsAny('"', '\\'))
            return false;
        var origin = GetOrigin(address);
        if (_byOrigin.Count >= MaximumOrigins && !_byOrigin.ContainsKey(origin))
            _byOrigin.Clear();
        _byOrigin[origin] = nonce;
        return true;
    }

    private static string GetOrigin(Uri address) => address.GetComponents(UriComponents.SchemeAndServer, UriFormat.UriEscaped);
}
