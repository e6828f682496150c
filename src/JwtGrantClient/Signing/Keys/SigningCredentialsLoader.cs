using System.Security.Cryptography;
using Microsoft.IdentityModel.Tokens;

namespace JwtGrantClient.Signing;

/// <summary>
/// Makes a signer of the signing credentials of Microsoft.IdentityModel. A key in this process is checked and signs like one from a file,
/// because IdentityModel accepts smaller RSA keys than RFC 7518 section 3.3 does. A key with a custom provider signs through the provider.
/// </summary>
internal static class SigningCredentialsLoader
{
    private const string Place = "the SigningCredentials";

    /// <param name="credentials">The key and its algorithm.</param>
    /// <param name="options">How to name the key; changed here, so a copy.</param>
    /// <exception cref="JwtGrantException">The key or the algorithm is refused, or they do not fit.</exception>
    public static IJwtSigner Load(SigningCredentials credentials, SigningKeyOptions options)
    {
        var key = credentials.Key;
        options.Algorithm = ChooseAlgorithm(credentials, options.Algorithm);
        using var content = KeySource.From(Place);
        var provider = new CryptoProviderSigner(credentials.CryptoProviderFactory ?? key.CryptoProviderFactory, key, credentials.Algorithm);
        if (!provider.IsForeign())
            return SignerFor(Find(key, options.Algorithm, content), content, options);
        var identity = KeyIdentity.Create(ProviderKey.From(key, content), Place, options);
        return Remote(options.Algorithm, identity.KeyId, provider.SignAsync, identity.Header);
    }

    private static string ChooseAlgorithm(SigningCredentials credentials, string? configured)
    {
        var name = JoseName(credentials.Algorithm);
        _ = RemoteSigner.Find(name);
        if (credentials.Key is SymmetricSecurityKey or JsonWebKey { Kty: "oct" })
            throw SignatureAlgorithm.SymmetricKeyRefused(Place);
        // RFC 7517 section 4.4, RFC 8725 section 3.2: one key, one algorithm.
        if (credentials.Key is JsonWebKey { Alg: { } bound } && bound != name)
            throw DoesNotFit($"In {Place} there is a JWK for {bound}, by its alg, but their algorithm is {name}. Give the credentials the JWK's alg.");
        return configured is null || configured == name ? name : throw DoesNotFit(
            $"The SigningCredentials are for {name}, but the options' Algorithm is {configured}. Leave Algorithm out, or give credentials for it.");
    }

    // RFC 9231 section 2.3 has the URIs of XML signatures, which WS-Federation and SAML use for the same algorithms.
    private static string JoseName(string algorithm) => algorithm switch
    {
        SecurityAlgorithms.RsaSha256Signature => "RS256",
        SecurityAlgorithms.RsaSha384Signature => "RS384",
        SecurityAlgorithms.RsaSha512Signature => "RS512",
        SecurityAlgorithms.RsaSsaPssSha256Signature => "PS256",
        SecurityAlgorithms.RsaSsaPssSha384Signature => "PS384",
        SecurityAlgorithms.RsaSsaPssSha512Signature => "PS512",
        SecurityAlgorithms.EcdsaSha256Signature => "ES256",
        SecurityAlgorithms.EcdsaSha384Signature => "ES384",
        SecurityAlgorithms.EcdsaSha512Signature => "ES512",
        SecurityAlgorithms.HmacSha256Signature => "HS256",
        SecurityAlgorithms.HmacSha384Signature => "HS384",
        SecurityAlgorithms.HmacSha512Signature => "HS512",
        _ => algorithm,
    };

    private static KeyMaterial Find(SecurityKey key, string algorithm, KeySource content) => key switch
    {
        RsaSecurityKey { Rsa: { } rsa } => CallersKey(rsa, key),
        RsaSecurityKey rsa => new() { Key = Import(rsa.Parameters, content), Format = nameof(RsaSecurityKey), KeyId = key.KeyId },
        ECDsaSecurityKey { ECDsa: var ec } => CallersKey(ec, key),
        MlDsaSecurityKey { MLDsa: var mldsa } => CallersKey(mldsa, key),
        X509SecurityKey certificate => Find(certificate, content),
        JsonWebKey jwk => JwkKey.Parse(Jwk.From(jwk), content),
        _ => throw content.Unusable(
            $"there is a key of the type {key.GetType().Name}",
            "Expected an RsaSecurityKey, ECDsaSecurityKey, MlDsaSecurityKey, X509SecurityKey or JsonWebKey, or a CryptoProviderFactory " +
            $"whose CustomCryptoProvider signs {algorithm} with it."),
    };

    private static KeyMaterial CallersKey(IDisposable key, SecurityKey holder) =>
        new() { Key = key, OwnsKey = false, Format = holder.GetType().Name, KeyId = holder.KeyId };

    private static KeyMaterial Find(X509SecurityKey key, KeySource content)
    {
        var found = CertificateKey.Parse(key.Certificate, [], nameof(X509SecurityKey), content);
        return new() { Key = found.Key, Format = found.Format, KeyId = key.KeyId, Certificate = found.Certificate };
    }

    private static RSA Import(RSAParameters parameters, KeySource content)
    {
        if (parameters.D is null)
            throw content.Unusable("there is a public key only (RsaSecurityKey)", "Signing needs the private key; the public one is for the server.");
        try
        {
            return RSA.Create(parameters);
        }
        catch (Exception e) when (PrivateKey.IsDamage(e))
        {
            throw content.Unusable(
                "there are RSA parameters that do not make a key", "They are damaged or incomplete: D goes with P, Q, DP, DQ and InverseQ " +
                "(RFC 8017 section 3.2).");
        }
    }

    private static IJwtSigner SignerFor(KeyMaterial found, KeySource content, SigningKeyOptions options)
    {
        var signer = SigningKeyLoader.SignerFor(found, Place, options);
        if (found.OwnsKey)
            return signer;
        if (found.Key.GetType().Assembly == typeof(RSA).Assembly)
        {
            RequirePrivateKey(signer, content);
            return signer;
        }
        // A class that is not the platform's may call a service for each signature.
        return Remote(signer.Algorithm, signer.KeyId, SignAsync, signer.Header);

        ValueTask<ReadOnlyMemory<byte>> SignAsync(ReadOnlyMemory<byte> signingInput, CancellationToken cancellationToken) =>
            ThreadPoolSigning.RunAsync(bytes => signer.Sign(bytes), signingInput, cancellationToken);
    }

    // A key object does not tell whether it has a private part, and not every private part can be exported. So one signature is made.
    private static void RequirePrivateKey(LocalSigner signer, KeySource content)
    {
        try
        {
            _ = signer.Sign([]);
        }
        catch (Exception e) when (PrivateKey.IsDamage(e) || e is InvalidOperationException)
        {
            throw content.Unusable(
                $"there is a key without its private part, or one that the platform does not sign with ({signer.Identity.Format})",
                "Signing needs the private key; the public one is for the server.", e);
        }
    }

    private static RemoteSigner Remote(
        string algorithm, string? keyId, Func<ReadOnlyMemory<byte>, CancellationToken, ValueTask<ReadOnlyMemory<byte>>> sign,
        IReadOnlyDictionary<string, object>? header) =>
        new(algorithm, keyId, sign, DSASignatureFormat.IeeeP1363FixedFieldConcatenation, header);

    private static JwtGrantException DoesNotFit(string message) => JwtGrantException.Configuration("signing_key_does_not_fit", message);
}
