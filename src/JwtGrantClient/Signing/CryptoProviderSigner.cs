using System.Buffers.Text;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.IdentityModel.Tokens;

namespace JwtGrantClient.Signing;

/// <summary>Signs through the custom crypto provider of a Microsoft.IdentityModel key, such as that of a key vault or an HSM.</summary>
/// <param name="factory">Creates a provider for each signature and releases it.</param>
/// <param name="key">The key. Only the provider may have access to its private part.</param>
/// <param name="algorithm">The algorithm with the name in the credentials, which is the name that the provider expects.</param>
internal sealed class CryptoProviderSigner(CryptoProviderFactory factory, SecurityKey key, string algorithm)
{
    /// <summary>Returns whether the factory signs with a custom provider, or may do so because it is a derived class.</summary>
    public bool IsCustom() =>
        factory.GetType() != typeof(CryptoProviderFactory)
        // The factory calls IsSupportedAlgorithm with the same arguments.
        || factory.CustomCryptoProvider?.IsSupportedAlgorithm(algorithm, key, true) == true;

    public ValueTask<ReadOnlyMemory<byte>> SignAsync(ReadOnlyMemory<byte> signingInput, CancellationToken cancellationToken) =>
        ThreadPoolSigning.RunAsync(Sign, signingInput, cancellationToken);

    private byte[] Sign(byte[] signingInput)
    {
        var provider = factory.CreateForSigning(key, algorithm);
        try
        {
            return provider.Sign(signingInput);
        }
        finally
        {
            factory.ReleaseSignatureProvider(provider);
        }
    }
}

/// <summary>Describes a key that a custom crypto provider signs with. The public key is available for most classes of keys.</summary>
internal sealed class ProviderKey(SecurityKey key) : KeyDescription
{
    /// <summary>Creates the description of a key.</summary>
    /// <exception cref="JwtGrantException">The certificates of the key cannot be parsed.</exception>
    public static ProviderKey From(SecurityKey key, KeySource source)
    {
        try
        {
            var certificates = key switch
            {
                X509SecurityKey { Certificate: var certificate } => [certificate],
                JsonWebKey jwk => JwkKey.Certificates(jwk.X5c),
                _ => [],
            };
            return new(key)
            {
                Format = key.GetType().Name,
                KeyId = key.KeyId,
                Certificate = certificates.Count > 0 ? certificates[0] : null,
                OtherCertificates = JwkKey.WithoutFirst(certificates),
            };
        }
        catch (Exception e) when (PrivateKey.IsImportError(e))
        {
            throw source.Unusable("there is a JWK whose x5c cannot be parsed", "Each certificate is the base64 encoding of its DER (RFC 7517 section 4.7).");
        }
    }

    /// <summary>Returns whether the key is an RSA key whose public part is available and has the fingerprint of CVE-2017-15361.</summary>
    public bool HasRocaFingerprint() => Certificate is not null ? RocaFingerprint.IsPresent(Certificate) : RocaFingerprint.IsPresent(ReadModulus());

    public override string ComputeThumbprint(string place)
    {
        // IdentityModel computes the thumbprint of a certificate only for RSA keys.
        using var certificateKey = Certificate?.GetRSAPublicKey() ?? (AsymmetricAlgorithm?)Certificate?.GetECDsaPublicKey();
        if (certificateKey is not null)
            return PublicJwk.ComputeThumbprint(certificateKey);
        return key.CanComputeJwkThumbprint() ? Base64Url.EncodeToString(key.ComputeJwkThumbprint()) : throw JwtGrantException.Configuration(
            "signing_key_unusable",
            $"KeyIdFrom requires the JWK thumbprint, but in {place} there is a key whose public part is not available ({Format}). Set KeyId instead.");
    }

    // Empty if the key is not an RSA key, or if its public part is known only to the provider.
    private byte[] ReadModulus()
    {
        try
        {
            return key switch
            {
                RsaSecurityKey { Rsa: { } rsa } => rsa.ExportParameters(includePrivateParameters: false).Modulus,
                RsaSecurityKey rsa => rsa.Parameters.Modulus,
                JsonWebKey { Kty: "RSA", N: { } modulus } => Base64Url.DecodeFromChars(modulus),
                _ => null,
            } ?? [];
        }
        // The RSA class of a key service may implement only what signing needs: ExportParameters is abstract, and such classes throw NotImplementedException or
        // NotSupportedException from it. The key can sign nevertheless, so it is used without the check of its modulus.
        catch (Exception e) when (PrivateKey.IsImportError(e) || e is NotImplementedException)
        {
            return [];
        }
    }
}
