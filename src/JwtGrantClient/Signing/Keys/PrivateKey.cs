using System.Formats.Asn1;
using System.Security.Cryptography;

namespace JwtGrantClient.Signing;

/// <summary>Imports private keys in DER.</summary>
internal static class PrivateKey
{
    /// <summary>Imports an RSA key in PKCS#1 (RFC 8017 appendix A.1.2).</summary>
    public static IDisposable FromPkcs1(byte[] der) => Import(RSA.Create(), key => key.ImportRSAPrivateKey(der, out _));

    /// <summary>Imports an EC key in SEC 1 (RFC 5915).</summary>
    public static IDisposable FromSec1(byte[] der) => Import(ECDsa.Create(), key => key.ImportECPrivateKey(der, out _));

    /// <summary>Imports an RSA, EC or ML-DSA key in PKCS#8 (RFC 5208).</summary>
    /// <exception cref="JwtGrantException">The type of the key is not supported.</exception>
    public static IDisposable FromPkcs8(byte[] der, KeySource source) => ReadAlgorithm(der) switch
    {
        "1.2.840.113549.1.1.1" => Import(RSA.Create(), key => key.ImportPkcs8PrivateKey(der, out _)),
        "1.2.840.10045.2.1" => Import(ECDsa.Create(), key => key.ImportPkcs8PrivateKey(der, out _)),
        "2.16.840.1.101.3.4.3.17" or "2.16.840.1.101.3.4.3.18" or "2.16.840.1.101.3.4.3.19" => MlDsaKey.FromPkcs8(der, source),
        "1.3.101.112" => throw source.Unusable("there is an Ed25519 key", Ed25519Remedy),
        var oid => throw source.Unusable($"there is a private key of the type {oid}", "Expected an RSA, EC or ML-DSA key."),
    };

    /// <summary>What to do with an Ed25519 key.</summary>
    public const string Ed25519Remedy =
        ".NET does not support Ed25519. Use a library that does: implement IJwtSigner with the algorithm Ed25519 (RFC 9864) and pass it to UseSigner.";

    /// <summary>Imports an RSA, EC or ML-DSA key in encrypted PKCS#8.</summary>
    /// <exception cref="JwtGrantException">The password is missing or wrong.</exception>
    public static IDisposable FromEncryptedPkcs8(byte[] der, KeySource source)
    {
        const string Format = "an encrypted private key (PKCS#8)";
        if (source.Password is not { } password)
            throw source.CreatePasswordException(Format);
        // The type of the key is encrypted too, and .NET decrypts with a separate method for each type.
        return TryImport(() => Import(RSA.Create(), key => key.ImportEncryptedPkcs8PrivateKey(password, der, out _)))
            ?? TryImport(() => Import(ECDsa.Create(), key => key.ImportEncryptedPkcs8PrivateKey(password, der, out _)))
            ?? TryImport(() => MlDsaKey.FromEncryptedPkcs8(password, der))
            ?? throw source.CreatePasswordException(Format);
    }

    /// <summary>Returns whether .NET throws this exception for bytes that are not a key.</summary>
    public static bool IsImportError(Exception e) =>
        e is CryptographicException or AsnContentException or ArgumentException or FormatException or NotSupportedException;

    /// <summary>Creates the exception for bytes that .NET cannot import.</summary>
    /// <param name="source">The source of the key.</param>
    /// <param name="what">The format of the bytes, with an article.</param>
    /// <param name="e">The exception that .NET threw.</param>
    public static JwtGrantException CreateImportException(KeySource source, string what, Exception e) => e is PlatformNotSupportedException
        ? source.Unusable($"{what} has a type or a curve that this platform does not support", "Expected an RSA key, or an EC key on P-256, P-384 or P-521.", e)
        : source.Unusable($"{what} cannot be parsed", "It is incomplete or damaged; copy it again.", e);

    private static IDisposable? TryImport(Func<IDisposable> import)
    {
        try
        {
            return import();
        }
        catch (Exception e) when (IsImportError(e))
        {
            return null;
        }
    }

    // RFC 5208 section 5: a sequence of the version, the algorithm identifier (a sequence that starts with the OID) and the key.
    private static string ReadAlgorithm(byte[] der)
    {
        var info = new AsnReader(der, AsnEncodingRules.BER).ReadSequence();
        info.ReadInteger();
        return info.ReadSequence().ReadObjectIdentifier();
    }

    private static T Import<T>(T key, Action<T> import)
        where T : AsymmetricAlgorithm
    {
        try
        {
            import(key);
            return key;
        }
        catch
        {
            key.Dispose();
            throw;
        }
    }
}
