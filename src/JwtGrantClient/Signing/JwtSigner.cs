using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using JwtGrantClient.Signing;
using Microsoft.IdentityModel.Tokens;

namespace JwtGrantClient;

/// <summary>
/// Signers for keys that the application has as objects, or that are somewhere else. A key in a file or a setting needs none of this: see
/// <see cref="SigningKeyOptions"/>.
/// </summary>
public static class JwtSigner
{
    /// <summary>Signs with a certificate's private key, which may be one that cannot be exported.</summary>
    /// <param name="certificate">The certificate, with its private key. It stays the caller's.</param>
    /// <param name="options">KeyId, KeyIdFrom, Algorithm, X5t, X5tS256 and X5c. Default: RS256 or what fits the curve, and no kid.</param>
    /// <exception cref="JwtGrantException">There is no private key, or it does not fit.</exception>
    public static IJwtSigner FromCertificate(X509Certificate2 certificate, SigningKeyOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(certificate);
        using var content = KeySource.From(certificate, $"the certificate '{certificate.Subject}'", owned: false);
        return SigningKeyLoader.Load(content, WithoutPlace(options));
    }

    /// <summary>Signs with a JWK's private key, under the JWK's kid and alg.</summary>
    /// <param name="key">The key; read once.</param>
    /// <param name="options">KeyId, KeyIdFrom, Algorithm, X5t, X5tS256 and X5c. Default: the JWK's own.</param>
    /// <exception cref="JwtGrantException">There is no private key, it does not fit, or its <c>use</c> or <c>key_ops</c> forbid signing.</exception>
    public static IJwtSigner FromJwk(JsonWebKey key, SigningKeyOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(key);
        using var content = KeySource.From("the JsonWebKey");
        return SigningKeyLoader.SignerFor(JwkKey.Parse(Jwk.From(key), content), content.Place, WithoutPlace(options));
    }

    /// <summary>
    /// Signs with a key of Microsoft.IdentityModel. If the key's <see cref="CryptoProviderFactory"/> has a custom provider for it, such as
    /// that of a key vault, the provider signs and the signature's length is checked. Any other key is checked for its size and its curve.
    /// </summary>
    /// <param name="credentials">
    /// A <see cref="RsaSecurityKey"/>, <see cref="ECDsaSecurityKey"/>, <see cref="MlDsaSecurityKey"/>, <see cref="X509SecurityKey"/> or
    /// <see cref="JsonWebKey"/>, or any key with a custom provider. The algorithm is a JOSE name or an XML signature URI, such as
    /// <see cref="SecurityAlgorithms.RsaSha256Signature"/>. Read once. Key objects stay the caller's: do not dispose them while the signer is in use.
    /// </param>
    /// <param name="options">
    /// KeyId, KeyIdFrom, X5t, X5tS256 and X5c; Algorithm, if set, must be that of the credentials. Default: the kid of the credentials, if any.
    /// </param>
    /// <returns>
    /// A signer. A custom provider, and an <see cref="RSA"/> or <see cref="ECDsa"/> class that is not the platform's own, may call a service
    /// synchronously. They sign on the thread pool, for several assertions at once. Cancellation ends the wait, not the call.
    /// </returns>
    /// <exception cref="JwtGrantException">
    /// The key is symmetric, has no private part, is too small (RFC 7518 section 3.3) or does not fit the algorithm; or the algorithm is
    /// <c>none</c>, HMAC or unknown.
    /// </exception>
    public static IJwtSigner FromSigningCredentials(SigningCredentials credentials, SigningKeyOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(credentials);
        return SigningCredentialsLoader.Load(credentials, WithoutPlace(options));
    }

    /// <summary>
    /// Signs by a call to where the key is: a key management service or an HSM. What comes back is checked as far as that is possible
    /// without the public key.
    /// </summary>
    /// <param name="algorithm">
    /// The JOSE name of the algorithm, such as <c>ES256</c>, whatever the service itself calls it: those of
    /// <see cref="SigningKeyOptions.Algorithm"/>, and Ed25519 or, for older servers, EdDSA (RFC 9864). For PS* have the service make the salt as
    /// long as the hash (RFC 7518 section 3.5).
    /// </param>
    /// <param name="keyId">The <c>kid</c> under which the server knows the key (RFC 7515 section 4.1.4); null leaves it out.</param>
    /// <param name="sign">
    /// Gets the signing input, valid until its task completes, and returns the signature. It is called for several assertions at once. A
    /// service that wants the digest gets <c>SHA256.HashData(input.Span)</c>, or by whichever hash the algorithm names. What it throws is
    /// reported as <see cref="JwtGrantErrorKind.Signing"/>, with the cause inside.
    /// </param>
    /// <param name="ecdsaFormat">
    /// How the service writes ES* signatures: R and S at fixed width (Azure Key Vault, PKCS#11) or as DER (AWS KMS, Google Cloud KMS).
    /// Ignored for other algorithms. Default: fixed width, as a JWS has it (RFC 7518 section 3.4).
    /// </param>
    /// <param name="header">Further members of the header, such as <c>x5t#S256</c>; see <see cref="IJwtSigner.Header"/>. Copied. Default: none.</param>
    /// <exception cref="JwtGrantException">The algorithm is <c>none</c>, HMAC or unknown.</exception>
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

    private static SigningKeyOptions WithoutPlace(SigningKeyOptions? options)
    {
        if (options is { IsSet: true })
            throw JwtGrantException.Configuration(
                "signing_key_ambiguous", "The key is given as an object and by the options' Path, Text, EnvironmentVariable or Certificate; keep one.");
        return options?.Copy() ?? new();
    }
}
