using System.Security.Cryptography;

namespace JwtGrantClient.Testing.Jwt;

/// <summary>A signature algorithm of RFC 7518 section 3.1. A further one is a further row of the table.</summary>
internal sealed class JwsAlgorithm
{
    private readonly Func<AsymmetricAlgorithm, byte[], byte[], bool> _verify;

    private JwsAlgorithm(string name, string keyType, Func<AsymmetricAlgorithm, byte[], byte[], bool> verify) =>
        (Name, KeyType, _verify) = (name, keyType, verify);

    public static IReadOnlyList<JwsAlgorithm> Supported { get; } =
    [
        Rsa("RS256", HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1),
    ];

    public static IEnumerable<string> Names => Supported.Select(algorithm => algorithm.Name);

    public string Name { get; }

    /// <summary>The <c>kty</c> of the keys that fit (RFC 7518 section 6.1).</summary>
    public string KeyType { get; }

    /// <summary>By its exact name: names are case-sensitive (RFC 7515 section 4.1.1).</summary>
    public static JwsAlgorithm? Find(string name) => Supported.FirstOrDefault(algorithm => algorithm.Name == name);

    public bool Verify(AsymmetricAlgorithm key, byte[] signingInput, byte[] signature) => _verify(key, signingInput, signature);

    private static JwsAlgorithm Rsa(string name, HashAlgorithmName hash, RSASignaturePadding padding) =>
        new(name, "RSA", (key, input, signature) => ((RSA)key).VerifyData(input, signature, hash, padding));
}
