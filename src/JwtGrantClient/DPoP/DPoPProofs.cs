using System.Buffers;
using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using JwtGrantClient.Assertions;
using JwtGrantClient.Diagnostics;
using JwtGrantClient.Protocol;
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

    /// <summary>Gets the metrics of the client; null to measure and trace nothing.</summary>
    public ClientMetrics? Metrics { get; init; }

    /// <summary>Creates a proof for a request to the authorization server.</summary>
    /// <param name="method">The HTTP method of the request.</param>
    /// <param name="address">The URI of the request.</param>
    /// <param name="nonce">The nonce of the response that the request is repeated for; null for the stored nonce of the server.</param>
    /// <param name="cancellationToken">Cancels the signing.</param>
    public ValueTask<string> CreateProofAsync(HttpMethod method, Uri address, string? nonce, CancellationToken cancellationToken) =>
        SignAsync(method, address, accessToken: null, nonce ?? _serverNonces.Get(address), cancellationToken);

    /// <inheritdoc/>
    public ValueTask<string> CreateProofAsync(HttpMethod method, Uri address, string accessToken, string? nonce, CancellationToken cancellationToken) =>
        SignAsync(method, address, accessToken, nonce ?? _apiNonces.Get(address), cancellationToken);

    /// <summary>Stores the nonce that the authorization server sent, for the next proof to it.</summary>
    public void StoreServerNonce(Uri address, string nonce) => _serverNonces.Store(address, nonce);

    /// <inheritdoc/>
    public void StoreNonce(Uri address, string nonce) => _apiNonces.Store(address, nonce);

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
            // RFC 9449 section 4.2: the URI without query and fragment. A server sees neither user name nor password, and the host in ASCII.
            writer.WriteString("htu"u8, $"{Origin.From(address)}{address.AbsolutePath}");
            writer.WriteNumber("iat"u8, clock.GetUtcNow().ToUnixTimeSeconds());
            if (accessToken is not null)
                writer.WriteString("ath"u8, Base64Url.EncodeToString(SHA256.HashData(Encoding.ASCII.GetBytes(accessToken))));
            if (nonce is not null)
                writer.WriteString("nonce"u8, nonce);
            writer.WriteEndObject();
        }
        return JwsWriter.SignAsync(_header, json.WrittenMemory, Metrics, cancellationToken);
    }
}
