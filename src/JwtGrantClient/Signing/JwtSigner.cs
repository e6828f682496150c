using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using JwtGrantClient.Signing;
using Microsoft.IdentityModel.Tokens;

namespace JwtGrantClient;

/// <summary>
/// Creates signers for keys that the application has as objects, and for keys in a key management service or an HSM. A key in a file, an
/// environment variable or the certificate store does not need this class: see <see cref="SigningKeyOptions"/>.
/// </summary>
/// <example>
/// A client that signs with a certificate. With dependency injection, call <c>UseSigner</c> instead.
/// <code>
/// X509Certificate2 certificate = X509CertificateLoader.LoadPkcs12FromFile("keys/client.p12", password: null);
/// IJwtSigner signer = JwtSigner.FromCertificate(certificate, new SigningKeyOptions { Algorithm = "PS256", X5tS256 = true });
/// await using var tokens = JwtGrantTokenSource.Create(
///     new JwtGrantOptions { Issuer = "https://as.example.com", ClientId = "batch-worker" }, signer);
/// </code>
/// </example>
public static class JwtSigner
{
    /// <summary>Creates a signer for the private key of a certificate. The key does not have to be exportable.</summary>
    /// <param name="certificate">The certificate with its private key. The caller owns it and may dispose it after this call.</param>
    /// <param name="options">
    /// The names of the key and the algorithm: KeyId, KeyIdFrom, Algorithm, X5t, X5tS256 and X5c. Path, Text, EnvironmentVariable and Certificate
    /// must not be set. Default: no <c>kid</c>, and RS256 for an RSA key or the algorithm that fits any other key.
    /// </param>
    /// <returns>The signer.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="certificate"/> is null.</exception>
    /// <exception cref="JwtGrantException">
    /// The certificate has no private key, or the key is too small or does not fit the algorithm (RFC 7518 sections 3.3 and 3.4).
    /// </exception>
    /// <example>
    /// <code>
    /// IJwtSigner signer = JwtSigner.FromCertificate(certificate, new SigningKeyOptions { X5tS256 = true });
    /// </code>
    /// </example>
    public static IJwtSigner FromCertificate(X509Certificate2 certificate, SigningKeyOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(certificate);
        using var source = KeySource.From(certificate, $"the certificate '{certificate.Subject}'", owned: false);
        return SigningKeyLoader.Load(source, EnsureNoKey(options));
    }

    /// <summary>Creates a signer for the private key of a JWK (RFC 7517), with the <c>kid</c> and <c>alg</c> of the JWK.</summary>
    /// <param name="key">The key. It is read once.</param>
    /// <param name="options">
    /// The names of the key and the algorithm: KeyId, KeyIdFrom, Algorithm, X5t, X5tS256 and X5c. Path, Text, EnvironmentVariable and Certificate
    /// must not be set. Default: the values of the JWK.
    /// </param>
    /// <returns>The signer.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="key"/> is null.</exception>
    /// <exception cref="JwtGrantException">
    /// The JWK has no private key, the key is too small or does not fit the algorithm (RFC 7518 sections 3.3 and 3.4), or its <c>use</c> or
    /// <c>key_ops</c> does not allow signing (RFC 7517 sections 4.2 and 4.3).
    /// </exception>
    /// <example>
    /// <code>
    /// var jwk = new JsonWebKey(await File.ReadAllTextAsync("keys/client.jwk", cancellationToken));
    /// IJwtSigner signer = JwtSigner.FromJwk(jwk);
    /// </code>
    /// </example>
    public static IJwtSigner FromJwk(JsonWebKey key, SigningKeyOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(key);
        using var source = KeySource.From("the JsonWebKey");
        return SigningKeyLoader.CreateSigner(JwkKey.Parse(Jwk.From(key), source), source.Place, EnsureNoKey(options));
    }

    /// <summary>Creates a signer for the signing credentials of Microsoft.IdentityModel.</summary>
    /// <param name="credentials">
    /// The key and the algorithm. They are read once. The key is a <see cref="RsaSecurityKey"/>, <see cref="ECDsaSecurityKey"/>,
    /// <see cref="MlDsaSecurityKey"/>, <see cref="X509SecurityKey"/> or <see cref="JsonWebKey"/>, or any key with a custom crypto provider. The
    /// algorithm is a JOSE name or the URI of an XML signature algorithm, such as <see cref="SecurityAlgorithms.RsaSha256Signature"/>. The caller
    /// owns key objects such as an <see cref="RSA"/> and must not dispose them while the signer is in use.
    /// </param>
    /// <param name="options">
    /// The names of the key: KeyId, KeyIdFrom, X5t, X5tS256 and X5c. Algorithm, if it is set, must equal that of the credentials. Path, Text,
    /// EnvironmentVariable and Certificate must not be set. Default: the <c>kid</c> of the credentials, if they have one.
    /// </param>
    /// <returns>The signer.</returns>
    /// <remarks>
    /// <para>
    /// If the key's <see cref="CryptoProviderFactory"/> has a custom provider for the key, such as that of a key vault, the provider signs and the
    /// length of the signature is checked. For any other key, its size and its curve are checked.
    /// </para>
    /// <para>
    /// A custom provider, and an <see cref="RSA"/> or <see cref="ECDsa"/> class that is not part of .NET, may call a service synchronously.
    /// They run on the thread pool, for several assertions at once. Cancellation ends the wait, not the call.
    /// </para>
    /// </remarks>
    /// <exception cref="ArgumentNullException"><paramref name="credentials"/> is null.</exception>
    /// <exception cref="JwtGrantException">
    /// The key is symmetric, has no private key, is too small (RFC 7518 section 3.3) or does not fit the algorithm; or the algorithm is
    /// <c>none</c>, HMAC or unknown.
    /// </exception>
    /// <example>
    /// <code>
    /// var credentials = new SigningCredentials(new RsaSecurityKey(rsa) { KeyId = "2026-11" }, SecurityAlgorithms.RsaSha256);
    /// IJwtSigner signer = JwtSigner.FromSigningCredentials(credentials);
    /// </code>
    /// </example>
    public static IJwtSigner FromSigningCredentials(SigningCredentials credentials, SigningKeyOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(credentials);
        return SigningCredentialsLoader.Load(credentials, EnsureNoKey(options));
    }

    /// <summary>
    /// Creates a signer that calls a key management service or an HSM. The signature that the call returns is checked as much as is possible
    /// without the public key.
    /// </summary>
    /// <param name="algorithm">
    /// The JOSE name of the algorithm, such as <c>ES256</c>, independent of the service's own name for it. The values of
    /// <see cref="SigningKeyOptions.Algorithm"/> are allowed, and <c>Ed25519</c>, <c>Ed448</c> and, for older servers, <c>EdDSA</c>
    /// (RFC 8037, RFC 9864). For PS256, PS384 and PS512 configure the service to use a salt that is as long as the hash (RFC 7518 section 3.5).
    /// </param>
    /// <param name="keyId">The <c>kid</c> by which the server identifies the key (RFC 7515 section 4.1.4); null to leave it out.</param>
    /// <param name="sign">
    /// Signs the signing input and returns the signature. The input is valid until the returned task completes. The function is called for several
    /// assertions at once. If the service requires a digest, pass it <c>SHA256.HashData(input.Span)</c>, or the hash of the algorithm. An exception
    /// is reported as <see cref="JwtGrantErrorKind.Signing"/>, with the exception as inner exception.
    /// </param>
    /// <param name="ecdsaFormat">
    /// The format in which the service returns ES256, ES384 and ES512 signatures: R and S at fixed width (Azure Key Vault, PKCS#11) or DER (AWS KMS,
    /// Google Cloud KMS). Ignored for other algorithms. Default: fixed width, as in a JWS (RFC 7518 section 3.4).
    /// </param>
    /// <param name="header">Additional header parameters; see <see cref="IJwtSigner.Header"/>. They are copied. Default: none.</param>
    /// <returns>The signer.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="algorithm"/> or <paramref name="sign"/> is null.</exception>
    /// <exception cref="JwtGrantException">The algorithm is <c>none</c>, HMAC or unknown.</exception>
    /// <example>
    /// A key in a service that signs a digest and returns DER. <c>kms</c> is the client of the service.
    /// <code>
    /// IJwtSigner signer = JwtSigner.Remote(
    ///     "ES256",
    ///     keyId: "kms-1",
    ///     async (input, cancellationToken) =&gt; await kms.SignDigestAsync(SHA256.HashData(input.Span), cancellationToken),
    ///     DSASignatureFormat.Rfc3279DerSequence);
    /// </code>
    /// </example>
    public static IJwtSigner Remote(
        string algorithm,
        string? keyId,
        Func<ReadOnlyMemory<byte>, CancellationToken, ValueTask<ReadOnlyMemory<byte>>> sign,
        DSASignatureFormat ecdsaFormat = DSASignatureFormat.IeeeP1363FixedFieldConcatenation,
        IReadOnlyDictionary<string, object>? header = null)
    {
        ArgumentNullException.ThrowIfNull(algorithm);
        ArgumentNullException.ThrowIfNull(sign);
        return new RemoteSigner(algorithm, keyId, sign, ecdsaFormat, header);
    }

    private static SigningKeyOptions EnsureNoKey(SigningKeyOptions? options)
    {
        if (options is { IsSet: true })
            throw JwtGrantException.Configuration(
                "signing_key_ambiguous", "The key is passed as an object and is also set by the options' Path, Text, EnvironmentVariable or Certificate; use one of them.");
        return options?.Copy() ?? new();
    }
}
