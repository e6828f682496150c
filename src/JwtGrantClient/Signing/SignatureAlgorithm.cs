using System.Security.Cryptography;

namespace JwtGrantClient.Signing;

/// <summary>
/// The algorithms that local keys sign with (RFC 7518 sections 3.3 to 3.5, RFC 9964), as data: <see cref="Padding"/> is set for RSA,
/// <see cref="CurveBits"/> for ECDSA, <see cref="MlDsa"/> for ML-DSA. <c>none</c> and HMAC are not here and never will be.
/// </summary>
internal sealed record SignatureAlgorithm(
    string Name, HashAlgorithmName Hash, RSASignaturePadding? Padding = null, int CurveBits = 0, MLDsaAlgorithm? MlDsa = null)
{
    public static readonly IReadOnlyList<SignatureAlgorithm> All =
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

    private static string AllNames => string.Join(", ", All.Select(a => a.Name));

    /// <summary>Finds an algorithm by its JOSE name, which is case-sensitive.</summary>
    /// <exception cref="JwtGrantException">The name is refused or unknown; the message says which are known.</exception>
    public static SignatureAlgorithm Named(string name) => All.FirstOrDefault(a => a.Name == name) ?? throw Refused(
        UnsafeReason(name) ??
            $"The signing algorithm '{name}' is not known. Choose one of {AllNames}; names are case-sensitive (RFC 7518 section 3.1).");

    /// <summary>
    /// Refuses a signer whose algorithm proves nothing. A signer of the user's own may have any other, also one that is not in the table,
    /// such as Ed25519.
    /// </summary>
    /// <exception cref="JwtGrantException">The name is missing or refused.</exception>
    public static void EnsureSafe(IJwtSigner signer)
    {
        if (string.IsNullOrWhiteSpace(signer.Algorithm))
            throw Refused(
                $"The signer {signer.GetType().Name} names no Algorithm. It must say the JOSE name that the server checks by, such as RS256.");
        if (UnsafeReason(signer.Algorithm) is { } reason)
            throw Refused(reason);
    }

    /// <summary>The error for a symmetric key, under whatever algorithm.</summary>
    public static JwtGrantException SymmetricKeyRefused(string place) => Refused(
        $"In {place} there is a symmetric key, which is refused: it is a shared secret, and whoever can check such an assertion can also " +
        $"forge it. Register a public key with the server and choose one of {AllNames}.");

    /// <summary>The algorithm that the settings name, else the one that the key is bound to, else the usual one for its kind.</summary>
    /// <exception cref="JwtGrantException">There is none, or the two disagree.</exception>
    public static SignatureAlgorithm Choose(KeyMaterial found, string place, string? configured)
    {
        // RFC 7517 section 4.4, RFC 8725 section 3.2: one key, one algorithm.
        if (configured is not null && found.Algorithm is { } bound && bound != configured)
            throw JwtGrantException.Configuration(
                "signing_key_does_not_fit",
                $"In {place} there is a key for {bound}, by its alg, but SigningKey:Algorithm is {configured}. Leave Algorithm out, or " +
                "give the key that is for it.");
        var fitting = All.Where(a => a.Fits(found.Key)).ToList();
        if (fitting.Count == 0)
            throw JwtGrantException.Configuration(
                "signing_key_does_not_fit",
                $"In {place} there is an EC key on the curve {JoseCurve.Name((ECDsa)found.Key)}, which no JOSE algorithm of this " +
                "library uses. " +
                "Make a key on P-256, P-384 or P-521.");
        if ((configured ?? found.Algorithm) is not { } name)
            return fitting[0];
        var named = Named(name);
        return fitting.Contains(named) || found.Key is ECDsa ? named : throw JwtGrantException.Configuration(
            "signing_key_does_not_fit",
            $"In {place} there is {(found.Key is RSA ? "an RSA" : "an ML-DSA")} key, which {name} cannot use. " +
            $"Set the algorithm to one of {string.Join(", ", fitting.Select(a => a.Name))}, or give another key.");
    }

    /// <summary>Whether a JWK that names no algorithm can be for this one.</summary>
    public bool Fits(Jwk jwk) =>
        Padding is not null ? jwk.Kty == "RSA" : CurveBits != 0 && jwk.Kty == "EC" && jwk.Crv == $"P-{CurveBits}";

    private bool Fits(IDisposable key) => key switch
    {
        RSA => Padding is not null,
        ECDsa ec => CurveBits != 0 && CurveBits == JoseCurve.Bits(ec),
        MLDsa mldsa => MlDsa == mldsa.Algorithm,
        _ => false,
    };

    private static string? UnsafeReason(string name) => name switch
    {
        _ when name.Equals("none", StringComparison.OrdinalIgnoreCase) =>
            $"The signing algorithm 'none' is refused: an unsigned assertion proves nothing (RFC 8725 section 3.2). Choose one of {AllNames}.",
        _ when name.StartsWith("HS", StringComparison.OrdinalIgnoreCase) && char.IsAsciiDigit(name.ElementAtOrDefault(2)) =>
            $"The signing algorithm '{name}' is refused: an HMAC key is a shared secret, and whoever can check such an assertion can also " +
            $"forge it. Register a public key with the server and choose one of {AllNames}.",
        _ => null,
    };

    private static JwtGrantException Refused(string message) => JwtGrantException.Configuration("algorithm_not_supported", message);
}
