using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

// The PKIX encodings of ML-DSA are marked as still under evaluation; the algorithm and the JWK's seed are not. Only this file uses them.
#pragma warning disable SYSLIB5006

namespace JwtGrantClient.Signing;

/// <summary>ML-DSA keys (RFC 9964), where the platform has the algorithm: OpenSSL 3.5 or later, or a recent Windows.</summary>
internal static class MlDsaKey
{
    /// <exception cref="JwtGrantException">The platform has no ML-DSA.</exception>
    public static MLDsa FromPkcs8(byte[] der, KeySource content)
    {
        RequirePlatform(content);
        return MLDsa.ImportPkcs8PrivateKey(der);
    }

    /// <param name="algorithm">One of the three.</param>
    /// <param name="seed">The 32 bytes of a JWK's <c>priv</c>.</param>
    /// <param name="content">Where it is.</param>
    /// <exception cref="JwtGrantException">The platform has no ML-DSA.</exception>
    public static MLDsa FromSeed(MLDsaAlgorithm algorithm, byte[] seed, KeySource content)
    {
        RequirePlatform(content);
        return MLDsa.ImportMLDsaPrivateSeed(algorithm, seed);
    }

    public static MLDsa FromEncryptedPkcs8(string password, byte[] der) => MLDsa.ImportEncryptedPkcs8PrivateKey(password, der);

    public static MLDsa? From(X509Certificate2 certificate) => MLDsa.IsSupported ? certificate.GetMLDsaPrivateKey() : null;

    public static byte[] PublicKeyInfo(MLDsa key) => key.ExportSubjectPublicKeyInfo();

    private static void RequirePlatform(KeySource content)
    {
        if (!MLDsa.IsSupported)
            throw JwtGrantException.Configuration(
                "algorithm_not_supported",
                $"In {content.Place} there is an ML-DSA key (RFC 9964), and this platform has no ML-DSA. " +
                "Run on OpenSSL 3.5 or later, or a recent Windows; or give an RSA or EC key.");
    }
}
