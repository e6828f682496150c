using System.Security.Cryptography;
using JwtGrantClient.Protocol;

namespace JwtGrantClient.Signing;

/// <summary>
/// A signature algorithm of a local key (RFC 7518 sections 3.3 to 3.5, RFC 9964). <c>none</c> and HMAC are not supported on purpose
/// (RFC 8725 sections 3.1 and 3.2).
/// </summary>
/// <param name="Name">The JOSE name.</param>
/// <param name="Hash">The hash algorithm. Not used for ML-DSA.</param>
/// <param name="Padding">The padding of an RSA algorithm, otherwise null.</param>
/// <param name="CurveBits">The size of the curve of an ECDSA algorithm in bits, otherwise 0.</param>
/// <param name="MlDsa">The parameter set of an ML-DSA algorithm, otherwise null.</param>
internal sealed record SignatureAlgorithm(
    string Name, HashAlgorithmName Hash, RSASignaturePadding? Padding = null, int CurveBits = 0, MLDsaAlgorithm? MlDsa = null)
{
    public static readonly List<SignatureAlgorithm> All =
    [
        new("RS256", HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1),
        new("RS384", HashAlgorithmName.SHA384, RSASignaturePadding.Pkcs1),
        new("RS512", HashAlgorithmName.SHA512, RSASignaturePadding.Pkcs1),
        new("PS256", HashAlgorithmName.SHA256, RSASignaturePadding.Pss),
        new("PS384", HashAlgorithmName.SHA384, RSASignaturePadding.Pss),
        new("PS512", HashAlgorithmName.SHA512, RSASignaturePadding.Pss),
        new("ES256", HashAlgorithmName.SHA256, CurveBits: 256),
        new("ES384", HashAlgorithmName.SHA384, CurveBits: 384),
        new("ES512", HashAlgorithmName.SHA512, CurveBits: 521),
        new("ML-DSA-44", default, MlDsa: MLDsaAlgorithm.MLDsa44),
        new("ML-DSA-65", default, MlDsa: MLDsaAlgorithm.MLDsa65),
        new("ML-DSA-87", default, MlDsa: MLDsaAlgorithm.MLDsa87),
    ];

    private static string AllNames => string.Join(", ", All.ConvertAll(a => a.Name));

    /// <summary>Returns the algorithm with a JOSE name. Names are case-sensitive.</summary>
    /// <exception cref="JwtGrantException">The algorithm is not allowed or unknown. The message lists the known algorithms.</exception>
    public static SignatureAlgorithm FromName(string name) => All.Find(a => a.Name == name) ?? throw NotSupported(
        UnsafeReason(name) ??
            $"The signing algorithm {SettingText.Quote(name)} is unknown. Choose one of {AllNames}; names are case-sensitive (RFC 7518 section 3.1).");

    /// <summary>
    /// Throws if the algorithm of a signer is missing, symmetric or <c>none</c>. A custom signer may have any other algorithm, including one that
    /// <see cref="All"/> does not contain, such as Ed25519.
    /// </summary>
    /// <exception cref="JwtGrantException">The algorithm is missing or not allowed.</exception>
    public static void EnsureSafe(IJwtSigner signer)
    {
        if (string.IsNullOrWhiteSpace(signer.Algorithm))
            throw NotSupported(
                $"The signer {signer.GetType().Name} has no Algorithm. Set it to the JOSE name by which the server verifies the signature, such as RS256.");
        if (UnsafeReason(signer.Algorithm) is { } reason)
            throw NotSupported(reason);
    }

    /// <summary>Creates the exception for a symmetric key.</summary>
    public static JwtGrantException SymmetricKeyNotSupported(string place) => NotSupported(
        $"In {place} there is a symmetric key, which is refused: any party that can verify the assertion can also forge it. " +
        $"Register a public key with the server and choose one of {AllNames}.");

    /// <summary>Returns the configured algorithm; if it is not set, the <c>alg</c> of the key; otherwise the default for the key type.</summary>
    /// <exception cref="JwtGrantException">No algorithm fits the key, or the configured algorithm is not that of the key.</exception>
    public static SignatureAlgorithm Choose(KeyMaterial material, string place, string? configured)
    {
        // RFC 7517 section 4.4, RFC 8725 section 3.1: a key is used with one algorithm.
        if (configured is not null && material.Algorithm is { } bound && bound != configured)
            throw JwtGrantException.Configuration(
                "signing_key_does_not_fit",
                $"In {place} there is a key whose alg is {SettingText.Show(bound)}, but SigningKey:Algorithm is {SettingText.Show(configured)}. Remove Algorithm, or use a key for {configured}.");
        var fitting = All.FindAll(a => a.Fits(material.Key));
        if (fitting.Count == 0)
            throw JwtGrantException.Configuration(
                "signing_key_does_not_fit",
                $"In {place} there is an EC key on the curve {JoseCurve.GetName((ECDsa)material.Key)}, which no supported JOSE algorithm uses. " +
                "Create a key on P-256, P-384 or P-521.");
        if ((configured ?? material.Algorithm) is not { } name)
            return fitting[0];
        var named = FromName(name);
        return fitting.Contains(named) || material.Key is ECDsa ? named : throw JwtGrantException.Configuration(
            "signing_key_does_not_fit",
            $"In {place} there is {(material.Key is RSA ? "an RSA" : "an ML-DSA")} key, which {name} cannot use. " +
            $"Set the algorithm to one of {string.Join(", ", fitting.ConvertAll(a => a.Name))}, or use another key.");
    }

    /// <summary>Returns whether a JWK without <c>alg</c> can be used with this algorithm.</summary>
    public bool Fits(Jwk jwk) =>
        Padding is not null ? jwk.Kty == "RSA" : CurveBits != 0 && jwk.Kty == "EC" && jwk.Crv == $"P-{CurveBits}";

    private bool Fits(IDisposable key) => key switch
    {
        RSA => Padding is not null,
        ECDsa ec => CurveBits != 0 && CurveBits == JoseCurve.GetBits(ec),
        MLDsa mldsa => MlDsa == mldsa.Algorithm,
        _ => false,
    };

    private static string? UnsafeReason(string name) => name switch
    {
        _ when name.Equals("none", StringComparison.OrdinalIgnoreCase) =>
            $"The signing algorithm 'none' is refused: an unsigned assertion proves nothing (RFC 8725 section 3.2). Choose one of {AllNames}.",
        _ when name.StartsWith("HS", StringComparison.OrdinalIgnoreCase) && name.Length > 2 && char.IsAsciiDigit(name[2]) =>
            $"The signing algorithm {SettingText.Quote(name)} is refused: an HMAC key is a shared secret, and any party that can verify the assertion can also forge it. " +
            $"Register a public key with the server and choose one of {AllNames}.",
        _ => null,
    };

    private static JwtGrantException NotSupported(string message) => JwtGrantException.Configuration("algorithm_not_supported", message);
}
