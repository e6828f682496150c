using System.Formats.Asn1;
using System.Security.Cryptography;

namespace JwtGrantClient.Signing;

/// <summary>The DER forms of a private key, each imported by the platform.</summary>
internal static class PrivateKey
{
    public static IDisposable FromPkcs1(byte[] der) => Import(RSA.Create(), key => key.ImportRSAPrivateKey(der, out _));

    public static IDisposable FromSec1(byte[] der) => Import(ECDsa.Create(), key => key.ImportECPrivateKey(der, out _));

    /// <exception cref="JwtGrantException">The key is of a kind that cannot sign here.</exception>
    public static IDisposable FromPkcs8(byte[] der, KeySource content) => AlgorithmOf(der) switch
    {
        "1.2.840.113549.1.1.1" => Import(RSA.Create(), key => key.ImportPkcs8PrivateKey(der, out _)),
        "1.2.840.10045.2.1" => Import(ECDsa.Create(), key => key.ImportPkcs8PrivateKey(der, out _)),
        "2.16.840.1.101.3.4.3.17" or "2.16.840.1.101.3.4.3.18" or "2.16.840.1.101.3.4.3.19" => MlDsaKey.FromPkcs8(der, content),
        "1.3.101.112" => throw content.Unusable("there is an Ed25519 key", Ed25519Remedy),
        var oid => throw content.Unusable($"there is a private key of the kind {oid}", "Expected an RSA, EC or ML-DSA key."),
    };

    public const string Ed25519Remedy =
        "The platform has no Ed25519: give an IJwtSigner over a library that has, with the algorithm Ed25519 (RFC 9864), by UseSigner.";

    /// <exception cref="JwtGrantException">The password is missing or wrong.</exception>
    public static IDisposable FromEncryptedPkcs8(byte[] der, KeySource content)
    {
        const string Format = "an encrypted private key (PKCS#8)";
        if (content.Password is not { } password)
            throw content.DoesNotOpen(Format);
        // The kind of key shows only once it is open, and the platform opens it kind by kind.
        return TryOpen(() => Import(RSA.Create(), key => key.ImportEncryptedPkcs8PrivateKey(password, der, out _)))
            ?? TryOpen(() => Import(ECDsa.Create(), key => key.ImportEncryptedPkcs8PrivateKey(password, der, out _)))
            ?? TryOpen(() => MlDsaKey.FromEncryptedPkcs8(password, der))
            ?? throw content.DoesNotOpen(Format);
    }

    /// <summary>What the platform throws at bytes that are no key.</summary>
    public static bool IsDamage(Exception e) =>
        e is CryptographicException or AsnContentException or ArgumentException or FormatException or NotSupportedException;

    /// <summary>The error for such bytes.</summary>
    /// <param name="content">Where they are.</param>
    /// <param name="what">What they claim to be.</param>
    /// <param name="e">What the platform threw.</param>
    public static JwtGrantException Refused(KeySource content, string what, Exception e) => e is PlatformNotSupportedException
        ? content.Unusable($"{what} is of a kind, or on a curve, that this platform does not have", "Expected an RSA key, or an EC key " +
            "on P-256, P-384 or P-521.", e)
        : content.Unusable($"{what} does not parse", "It is cut short or damaged; copy it again, whole.", e);

    private static IDisposable? TryOpen(Func<IDisposable> import)
    {
        try
        {
            return import();
        }
        catch (Exception e) when (IsDamage(e))
        {
            return null;
        }
    }

    // RFC 5208 section 5: a sequence of the version, the algorithm identifier (a sequence that begins with the OID), the key.
    private static string AlgorithmOf(byte[] der)
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
