namespace JwtGrantClient;

/// <summary>
/// Signs with one key and one algorithm. Signing is asynchronous, so the key can be in an HSM or a key management service. The library builds
/// the JWT around the signature. Implementations are safe for concurrent use.
/// </summary>
/// <remarks><see cref="JwtSigner"/> creates signers for the usual cases.</remarks>
public interface IJwtSigner
{
    /// <summary>
    /// Gets the JOSE name of the algorithm (RFC 7518 section 3.1), such as <c>RS256</c>. It is the <c>alg</c> header parameter, by which the server
    /// verifies the signature. Symmetric algorithms and <c>none</c> are not allowed.
    /// </summary>
    string Algorithm { get; }

    /// <summary>
    /// Gets the <c>kid</c> header parameter, which identifies the key at the server (RFC 7515 section 4.1.4); null to leave it out.
    /// </summary>
    string? KeyId { get; }

    /// <summary>
    /// Gets additional header parameters, such as <c>x5t#S256</c>. A value is a string, a bool, an int, a long, a finite double, a sequence of
    /// strings or a <see cref="System.Text.Json.JsonElement"/>. <c>alg</c>, <c>typ</c>, <c>kid</c>, <c>crit</c> and <c>b64</c> are not allowed.
    /// Default: null, which means none.
    /// </summary>
    IReadOnlyDictionary<string, object>? Header => null;

    /// <summary>Signs the bytes of a JWS signing input (RFC 7515 section 5.1).</summary>
    /// <param name="signingInput">The bytes to hash and sign. They are valid until the returned task completes.</param>
    /// <param name="cancellationToken">Cancels a remote call.</param>
    /// <returns>
    /// The signature in the format of a JWS. An ECDSA signature consists of R and S at fixed width and is not DER (RFC 7518 section 3.4).
    /// </returns>
    ValueTask<ReadOnlyMemory<byte>> SignAsync(ReadOnlyMemory<byte> signingInput, CancellationToken cancellationToken = default);

    /// <summary>
    /// Returns the signer for the next assertion. The library calls it once per assertion. A signer whose key can change returns a signer whose
    /// key does not change, so that the header and the signature of an assertion use the same key.
    /// </summary>
    /// <param name="cancellationToken">Cancels a remote call.</param>
    /// <returns>The signer: the same instance as long as the key is the same. Default implementation: this signer.</returns>
    ValueTask<IJwtSigner> GetCurrentAsync(CancellationToken cancellationToken = default) => new(this);

    /// <summary>
    /// Called after the server rejected an assertion with <c>invalid_client</c> or <c>invalid_grant</c> (RFC 6749 section 5.2). A signer whose key
    /// can change looks for a new key before the next assertion. Default implementation: does nothing.
    /// </summary>
    void OnAssertionRejected()
    {
    }
}
