using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

// .NET marks the PKIX encodings of ML-DSA as experimental. Only this file uses them.
#pragma warning disable SYSLIB5006

namespace JwtGrantClient.Signing;

/// <summary>Imports ML-DSA keys (RFC 9964). The platform must support ML-DSA: OpenSSL 3.5 or later, or a recent version of Windows.</summary>
internal static class MlDsaKey
{
    /// <summary>Imports a PKCS#8 key.</summary>
    /// <exception cref="JwtGrantException">The platform does not support ML-DSA.</exception>
    public static MLDsa FromPkcs8(byte[] der, KeySource source)
    {
        EnsureSupported(source);
        return MLDsa.ImportPkcs8PrivateKey(der);
    }

    /// <summary>Imports the seed of a JWK.</summary>
    /// <param name="algorithm">The parameter set.</param>
    /// <param name="seed">The 32 bytes of <c>priv</c>.</param>
    /// <param name="source">The source of the key, for the exception.</param>
    /// <exception cref="JwtGrantException">The platform does not support ML-DSA.</exception>
    public static MLDsa FromSeed(MLDsaAlgorithm algorithm, byte[] seed, KeySource source)
    {
        EnsureSupported(source);
        return MLDsa.ImportMLDsaPrivateSeed(algorithm, seed);
    }

    public static MLDsa FromEncryptedPkcs8(string password, byte[] der) => MLDsa.ImportEncryptedPkcs8PrivateKey(password, der);

    public static MLDsa? From(X509Certificate2 certificate) => MLDsa.IsSupported ? certificate.GetMLDsaPrivateKey() : null;

    public static byte[] PublicKeyInfo(MLDsa key) => key.ExportSubjectPublicKeyInfo();

    private static void EnsureSupported(KeySource source)
    {
        if (!MLDsa.IsSupported)
            throw JwtGrantException.Configuration(
                "algorithm_not_supported",
                $"In {source.Place} there is an ML-DSA key (RFC 9964), but this platform does not support ML-DSA. " +
                "Use OpenSSL 3.5 or later or a recent version of Windows, or use an RSA or EC key.");
    }
}
