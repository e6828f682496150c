using System.Security.Cryptography;

namespace JwtGrantClient.Signing;

/// <summary>
/// The algorithms that local keys sign with (RFC 7518 sections 3.3 to 3.5), as data: <see cref="Padding"/> is set for RSA,
/// <see cref="CurveBits"/> for ECDSA. <c>none</c> and HMAC are not here and never will be.
/// </summary>
internal sealed record SignatureAlgorithm(string Name, HashAlgorithmName Hash, RSASignaturePadding? Padding = null, int CurveBits = 0)
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
    ];

    private static string Known => string.Join(", ", All.Select(a => a.Name));

    /// <summary>Finds an algorithm by its JOSE name, which is case-sensitive.</summary>
    /// <exception cref="JwtGrantException">The name is refused or unknown; the message says which are known.</exception>
    public static SignatureAlgorithm Named(string name) =>
        All.FirstOrDefault(a => a.Name == name) ?? throw JwtGrantException.Configuration(
            "algorithm_not_supported",
            RefusalOf(name) ?? $"The signing algorithm '{name}' is not known. Choose one of {Known}; names are case-sensitive (RFC 7518 section 3.1).");

    /// <summary>Why an algorithm may sign no assertion, whoever holds the key; null where it may.</summary>
    public static string? RefusalOf(string name) => name switch
    {
        _ when name.Equals("none", StringComparison.OrdinalIgnoreCase) =>
            $"The signing algorithm 'none' is refused: an unsigned assertion proves nothing (RFC 8725 section 3.2). Choose one of {Known}.",
        _ when name.StartsWith("HS", StringComparison.OrdinalIgnoreCase) && char.IsAsciiDigit(name.ElementAtOrDefault(2)) =>
            $"The signing algorithm '{name}' is refused: an HMAC key is a shared secret, and whoever can check such an assertion can also " +
            $"forge it. Register a public key with the server and choose one of {Known}.",
        _ => null,
    };
}
