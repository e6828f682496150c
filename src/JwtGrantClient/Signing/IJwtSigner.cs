namespace JwtGrantClient;

/// <summary>
/// Signs what it is given, with one key and one algorithm. Asynchronous, so that the key can live in an HSM or a key management
/// service; the library builds the JWT around it. Implementations must be safe for concurrent use.
/// </summary>
public interface IJwtSigner
{
    /// <summary>
    /// The JOSE name of the algorithm (RFC 7518 section 3.1), such as <c>RS256</c>: asymmetric only. It is written into the header,
    /// and the server checks the signature by it.
    /// </summary>
    string Algorithm { get; }

    /// <summary>The <c>kid</c> under which the server knows the key (RFC 7515 section 4.1.4); null leaves it out.</summary>
    string? KeyId { get; }

    /// <summary>
    /// Further members of the header, such as <c>x5t#S256</c>: strings, bools, numbers, sequences of strings and
    /// <see cref="System.Text.Json.JsonElement"/>. <c>alg</c>, <c>typ</c>, <c>kid</c>, <c>crit</c> and <c>b64</c> may not be named. Default: none.
    /// </summary>
    IReadOnlyDictionary<string, object>? Header => null;

    /// <summary>Signs the bytes of a JWS signing input (RFC 7515 section 5.1).</summary>
    /// <param name="signingInput">The bytes to hash and sign; valid until the returned task completes.</param>
    /// <param name="cancellationToken">Cancels a remote call.</param>
    /// <returns>The signature as JWS wants it: for ECDSA, R and S at fixed width, not DER (RFC 7518 section 3.4).</returns>
    ValueTask<ReadOnlyMemory<byte>> SignAsync(ReadOnlyMemory<byte> signingInput, CancellationToken cancellationToken = default);

    /// <summary>
    /// The signer of the moment, for one whose key can change: what is returned keeps its key, so that an assertion's header and signature
    /// belong together. Asked for once per assertion; return the same instance while the key is the same. Default: this signer.
    /// </summary>
    /// <param name="cancellationToken">Cancels a remote call.</param>
    ValueTask<IJwtSigner> GetCurrentAsync(CancellationToken cancellationToken = default) => new(this);

    /// <summary>
    /// Told that the server refused an assertion (<c>invalid_client</c>, <c>invalid_grant</c>): a signer that keeps a key looks for a newer
    /// one before the next assertion. Default: nothing.
    /// </summary>
    void OnAssertionRejected()
    {
    }
}
