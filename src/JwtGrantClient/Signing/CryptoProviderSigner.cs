using System.Buffers.Text;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.IdentityModel.Tokens;

namespace JwtGrantClient.Signing;

/// <summary>Signs through the custom provider of a Microsoft.IdentityModel key, such as that of a key vault or an HSM.</summary>
/// <param name="factory">Makes a provider for each signature, and takes it back.</param>
/// <param name="key">The key, whose private part may be known to the provider alone.</param>
/// <param name="algorithm">The algorithm as the application named it, which is how the provider knows it.</param>
internal sealed class CryptoProviderSigner(CryptoProviderFactory factory, SecurityKey key, string algorithm)
{
    /// <summary>Returns whether the factory leaves the key to a custom provider, or is of a class that may sign in another way.</summary>
    public bool IsForeign() =>
        factory.GetType() != typeof(CryptoProviderFactory)
        // The arguments are those by which the factory itself decides.
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

/// <summary>Describes a key whose custom provider signs. Its public part is known for the usual classes of keys, and may be for others.</summary>
internal sealed class ProviderKey(SecurityKey key) : KeyDescription
{
    /// <exception cref="JwtGrantException">The certificates that the key carries cannot be read.</exception>
    public static ProviderKey From(SecurityKey key, KeySource content)
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
                Certificate = certificates.FirstOrDefault(),
                Others = [.. certificates.Skip(1)],
            };
        }
        catch (Exception e) when (PrivateKey.IsDamage(e))
        {
            throw content.Unusable("there is a JWK whose x5c does not parse", "Give the certificates in base64 of the DER (RFC 7517 section 4.7).");
        }
    }

    public override string ComputeThumbprint(string place)
    {
        // For certificates, IdentityModel computes it of RSA keys only.
        using var certified = Certificate?.GetRSAPublicKey() ?? (AsymmetricAlgorithm?)Certificate?.GetECDsaPublicKey();
        if (certified is not null)
            return PublicJwk.ComputeThumbprint(certified);
        return key.CanComputeJwkThumbprint() ? Base64Url.EncodeToString(key.ComputeJwkThumbprint()) : throw JwtGrantException.Configuration(
            "signing_key_unusable",
            $"KeyIdFrom asks for the JWK thumbprint, but in {place} there is a key that does not tell its public part ({Format}). Set KeyId instead.");
    }
}
