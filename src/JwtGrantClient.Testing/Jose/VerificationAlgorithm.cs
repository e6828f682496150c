using System.Security.Cryptography;

namespace JwtGrantClient.Testing.Jose;

/// <summary>A signature algorithm that the server can verify (RFC 7518 section 3.1, RFC 9864, RFC 9964). <c>none</c> and HMAC are not supported.</summary>
/// <param name="Name">The value of <c>alg</c>.</param>
/// <param name="KeyType">The <c>kty</c> of its keys.</param>
internal sealed record VerificationAlgorithm(string Name, string KeyType)
{
    public static readonly IReadOnlyList<VerificationAlgorithm> All =
    [
        Rsa("RS256", HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1),
        Rsa("RS384", HashAlgorithmName.SHA384, RSASignaturePadding.Pkcs1),
        Rsa("RS512", HashAlgorithmName.SHA512, RSASignaturePadding.Pkcs1),
        Rsa("PS256", HashAlgorithmName.SHA256, RSASignaturePadding.Pss),
        Rsa("PS384", HashAlgorithmName.SHA384, RSASignaturePadding.Pss),
        Rsa("PS512", HashAlgorithmName.SHA512, RSASignaturePadding.Pss),
        Ec("ES256", HashAlgorithmName.SHA256, "P-256"),
        Ec("ES384", HashAlgorithmName.SHA384, "P-384"),
        Ec("ES512", HashAlgorithmName.SHA512, "P-521"),
        new("Ed25519", "OKP") { Curve = Ed25519VerificationKey.Curve },
        new("EdDSA", "OKP") { Curve = Ed25519VerificationKey.Curve },
        new("ML-DSA-44", "AKP"),
        new("ML-DSA-65", "AKP"),
        new("ML-DSA-87", "AKP"),
    ];

    private static readonly Dictionary<string, VerificationAlgorithm> ByName =
        All.ToDictionary(algorithm => algorithm.Name, StringComparer.Ordinal);

    public HashAlgorithmName Hash { get; private init; }

    /// <summary>The padding of an RSA algorithm; null for others.</summary>
    public RSASignaturePadding? Padding { get; private init; }

    /// <summary>The curve of the keys, as in <c>crv</c>; null if the algorithm has none.</summary>
    public string? Curve { get; private init; }

    public static VerificationAlgorithm? Find(string? name) => name is null ? null : ByName.GetValueOrDefault(name);

    /// <summary>Returns whether a name is that of this algorithm, or its other name: Ed25519 is also named EdDSA (RFC 9864 section 2.2).</summary>
    public bool HasName(string name) => name == Name || (KeyType == "OKP" && Find(name)?.KeyType == "OKP");

    /// <summary>Returns the names of all algorithms, for an error message.</summary>
    public static string ListNames(IEnumerable<VerificationAlgorithm> algorithms) => string.Join(", ", algorithms.Select(algorithm => algorithm.Name));

    private static VerificationAlgorithm Rsa(string name, HashAlgorithmName hash, RSASignaturePadding padding) =>
        new(name, "RSA") { Hash = hash, Padding = padding };

    private static VerificationAlgorithm Ec(string name, HashAlgorithmName hash, string curve) => new(name, "EC") { Hash = hash, Curve = curve };
}
