using System.Buffers.Text;
using System.Security.Cryptography;

namespace JwtGrantClient.Testing.DPoP;

/// <summary>
/// The DPoP nonces of either the authorization server or the resource server (RFC 9449 sections 8 and 9). Each server accepts only its own.
/// </summary>
internal sealed class NonceStore(bool isRequired)
{
    private volatile Nonces _nonces = new(CreateNonce(), null);

    public bool IsRequired => isRequired;

    public string Current => _nonces.Current;

    public void Rotate(bool acceptPrevious) => _nonces = new(CreateNonce(), acceptPrevious ? _nonces.Current : null);

    /// <summary>Returns whether the proof's nonce is valid. A nonce is checked even if none is required.</summary>
    public bool Accepts(DPoPProof proof) =>
        proof.Nonce is { } nonce ? _nonces is var valid && (nonce == valid.Current || nonce == valid.Previous) : !isRequired;

    private static string CreateNonce() => Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(16));

    private sealed record Nonces(string Current, string? Previous);
}
