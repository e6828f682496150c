using System.Buffers.Text;
using System.Security.Cryptography;

namespace JwtGrantClient.Testing.DPoP;

/// <summary>
/// The nonces of one side, authorization server or resource server (RFC 9449 sections 8 and 9): they are never each other's.
/// </summary>
internal sealed class NonceStore(bool isRequired)
{
    private volatile Nonces _nonces = new(New(), null);

    public bool IsRequired => isRequired;

    public string Current => _nonces.Current;

    public void Rotate(bool acceptPrevious) => _nonces = new(New(), acceptPrevious ? _nonces.Current : null);

    /// <summary>Whether a proof may pass: one that brings a nonce has it from here, also where none is required.</summary>
    public bool Accepts(DPoPProof proof) =>
        proof.Nonce is { } nonce ? _nonces is var known && (nonce == known.Current || nonce == known.Previous) : !isRequired;

    private static string New() => Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(16));

    private sealed record Nonces(string Current, string? Previous);
}
