using System.Security.Cryptography;
using Microsoft.IdentityModel.Tokens;

namespace JwtGrantClient.Signing;

/// <summary>
/// Creates a signer from the SigningCredentials of Microsoft.IdentityModel. A key in this process is checked like a key from a file, because
/// IdentityModel accepts smaller RSA keys than RFC 7518 section 3.3 allows. A key with a custom crypto provider signs through the provider.
/// </summary>
internal static class SigningCredentialsLoader
{
    private const string Place = "the SigningCredentials";

    /// <summary>Creates the signer.</summary>
    /// <param name="credentials">The key and the algorithm.</param>
    /// <param name="options">The names of the key. The method changes the options, so the caller passes a copy.</param>
    /// <exception cref="JwtGrantException">The key or the algorithm is not allowed, or they do not fit.</exception>
    public static IJwtSigner Load(SigningCredentials credentials, SigningKeyOptions options)
    {
        var key = credentials.Key;
        options.Algorithm = ChooseAlgorithm(credentials, options.Algorithm);
        using var source = KeySource.From(Place);
        var provider = new CryptoProviderSigner(credentials.CryptoProviderFactory ?? key.CryptoProviderFactory, key, credentials.Algorithm);
        if (!provider.IsCustom())
            return CreateSigner(LoadKey(key, options.Algorithm, source), source, options);
        var description = ProviderKey.From(key, source);
        if (description.HasRocaFingerprint())
            throw JwtGrantException.Configuration("signing_key_unusable", $"The RSA key of {Place} {RocaFingerprint.Problem}");
        var identity = KeyIdentity.Create(description, Place, options);
        return Remote(options.Algorithm, identity.KeyId, provider.SignAsync, identity.Header);
    }

    private static string ChooseAlgorithm(SigningCredentials credentials, string? configured)
    {
        var name = JoseName(credentials.Algorithm);
        _ = RemoteSigner.Find(name);
        if (credentials.Key is SymmetricSecurityKey or JsonWebKey { Kty: "oct" })
            throw SignatureAlgorithm.SymmetricKeyNotSupported(Place);
        // RFC 7517 section 4.4, RFC 8725 section 3.1: a key is used with one algorithm.
        if (credentials.Key is JsonWebKey { Alg: { } bound } && bound != name)
            throw DoesNotFit($"In {Place} there is a JWK whose alg is {bound}, but the algorithm of the credentials is {name}. Use the alg of the JWK.");
        return configured is null || configured == name ? name : throw DoesNotFit(
            $"The SigningCredentials are for {name}, but the options' Algorithm is {configured}. Do not set Algorithm, or use credentials for it.");
    }

    // RFC 9231 section 2.3 defines the URIs of XML signatures, which WS-Federation and SAML use for the same algorithms.
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

    private static KeyMaterial LoadKey(SecurityKey key, string algorithm, KeySource source) => key switch
    {
        RsaSecurityKey { Rsa: { } rsa } => CreateUnowned(rsa, key),
        RsaSecurityKey rsa => new() { Key = Import(rsa.Parameters, source), Format = nameof(RsaSecurityKey), KeyId = key.KeyId },
        ECDsaSecurityKey { ECDsa: var ec } => CreateUnowned(ec, key),
        MlDsaSecurityKey { MLDsa: var mldsa } => CreateUnowned(mldsa, key),
        X509SecurityKey certificate => LoadKey(certificate, source),
        JsonWebKey jwk => JwkKey.Parse(Jwk.From(jwk), source),
        _ => throw source.Unusable(
            $"there is a key of the type {key.GetType().Name}",
            $"Expected an RsaSecurityKey, ECDsaSecurityKey, MlDsaSecurityKey, X509SecurityKey or JsonWebKey, or a CryptoProviderFactory whose CustomCryptoProvider signs {algorithm} with the key."),
    };

    private static KeyMaterial CreateUnowned(IDisposable key, SecurityKey holder) =>
        new() { Key = key, OwnsKey = false, Format = holder.GetType().Name, KeyId = holder.KeyId };

    private static KeyMaterial LoadKey(X509SecurityKey key, KeySource source)
    {
        var material = CertificateKey.Parse(key.Certificate, [], nameof(X509SecurityKey), source);
        return new() { Key = material.Key, Format = material.Format, KeyId = key.KeyId, Certificate = material.Certificate };
    }

    private static RSA Import(RSAParameters parameters, KeySource source)
    {
        if (parameters.D is null)
            throw source.Unusable("there is only a public key (RsaSecurityKey)", KeySource.PrivateKeyRemedy);
        try
        {
            return RSA.Create(parameters);
        }
        catch (Exception e) when (PrivateKey.IsImportError(e))
        {
            throw source.Unusable(
                "there are RSA parameters that are not a valid key", "They are damaged or incomplete. D, P, Q, DP, DQ and InverseQ are required (RFC 8017 section 3.2).");
        }
    }

    private static IJwtSigner CreateSigner(KeyMaterial material, KeySource source, SigningKeyOptions options)
    {
        var signer = SigningKeyLoader.CreateSigner(material, Place, options);
        if (material.OwnsKey)
            return signer;
        if (material.Key.GetType().Assembly == typeof(RSA).Assembly)
        {
            EnsureCanSign(signer, source);
            return signer;
        }
        // A class that is not part of .NET may call a service for each signature.
        return Remote(signer.Algorithm, signer.KeyId, SignAsync, signer.Header);

        ValueTask<ReadOnlyMemory<byte>> SignAsync(ReadOnlyMemory<byte> signingInput, CancellationToken cancellationToken) =>
            ThreadPoolSigning.RunAsync(bytes => signer.Sign(bytes), signingInput, cancellationToken);
    }

    // A key object does not report whether it has a private key, and not every private key can be exported. So the method signs once.
    private static void EnsureCanSign(LocalSigner signer, KeySource source)
    {
        try
        {
            _ = signer.Sign([]);
        }
        catch (Exception e) when (PrivateKey.IsImportError(e) || e is InvalidOperationException)
        {
            throw source.Unusable(
                $"there is a key without its private key, or a key that .NET cannot sign with ({signer.Identity.Format})", KeySource.PrivateKeyRemedy, e);
        }
    }

    private static RemoteSigner Remote(
        string algorithm, string? keyId, Func<ReadOnlyMemory<byte>, CancellationToken, ValueTask<ReadOnlyMemory<byte>>> sign,
        IReadOnlyDictionary<string, object>? header) =>
        new(algorithm, keyId, sign, DSASignatureFormat.IeeeP1363FixedFieldConcatenation, header);

    private static JwtGrantException DoesNotFit(string message) => JwtGrantException.Configuration("signing_key_does_not_fit", message);
}
