using System.Security.Cryptography;

namespace JwtGrantClient.Testing.Jose;

/// <summary>A signature algorithm that the server can verify (RFC 7518 section 3.1). <c>none</c> and HMAC are not supported.</summary>
internal sealed record VerificationAlgorithm(
    string Name, HashAlgorithmName Hash, RSASignaturePadding? Padding = null, string? CurveOid = null, int SignatureBytes = 0)
{
    private const string P256 = "1.2.840.10045.3.1.7", P384 = "1.3.132.0.34", P521 = "1.3.132.0.35";

    public static readonly IReadOnlyList<VerificationAlgorithm> All =
    [
        new("RS256", HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1),
        new("RS384", HashAlgorithmName.SHA384, RSASignaturePadding.Pkcs1),
        new("RS512", HashAlgorithmName.SHA512, RSASignaturePadding.Pkcs1),
        new("PS256", HashAlgorithmName.SHA256, RSASignaturePadding.Pss),
        new("PS384", HashAlgorithmName.SHA384, RSASignaturePadding.Pss),
        new("PS512", HashAlgorithmName.SHA512, RSASignaturePadding.Pss),
        new("ES256", HashAlgorithmName.SHA256, CurveOid: P256, SignatureBytes: 64),
        new("ES384", HashAlgorithmName.SHA384, CurveOid: P384, SignatureBytes: 96),
        new("ES512", HashAlgorithmName.SHA512, CurveOid: P521, SignatureBytes: 132),
    ];

    public static VerificationAlgorithm? Find(string? name) => All.FirstOrDefault(algorithm => algorithm.Name == name);
}
