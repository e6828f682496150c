using System.Formats.Asn1;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace JwtGrantClient.Signing;

/// <summary>Parses DER keys. The first two elements of the outer sequence identify the format.</summary>
internal static class DerKey
{
    private const int Pkcs12Version = 3;

    /// <summary>Parses a key. Returns null if the bytes are not in a known format.</summary>
    /// <exception cref="JwtGrantException">The format is known, but the key is not usable.</exception>
    public static KeyMaterial? TryParse(KeySource source)
    {
        var format = IdentifyFormat(source.Bytes);
        try
        {
            return format switch
            {
                "PKCS#12" => Pkcs12Key.Parse(source),
                "PKCS#8" => new() { Format = "PKCS#8, DER", Key = PrivateKey.FromPkcs8(source.Bytes, source) },
                "PKCS#1" => new() { Format = "PKCS#1, DER", Key = PrivateKey.FromPkcs1(source.Bytes) },
                "SEC 1" => new() { Format = "SEC 1, DER", Key = PrivateKey.FromSec1(source.Bytes) },
                "encrypted PKCS#8" => new() { Format = "encrypted PKCS#8, DER", Key = PrivateKey.FromEncryptedPkcs8(source.Bytes, source) },
                "certificate" => throw source.Unusable(
                    "there is a certificate without its private key (DER)", "Use a PKCS#12 file with both, or a PEM file with the key and the certificate."),
                "public key" => throw source.Unusable("there is only a public key (DER)", KeySource.PrivateKeyRemedy),
                _ => null,
            };
        }
        catch (Exception e) when (PrivateKey.IsImportError(e))
        {
            throw PrivateKey.CreateImportException(source, $"the {format} key (DER)", e);
        }
    }

    private static string? IdentifyFormat(byte[] der)
    {
        try
        {
            var elements = new AsnReader(der, AsnEncodingRules.BER).ReadSequence();
            if (elements.PeekTag() == Asn1Tag.Integer)
            {
                var version = elements.ReadInteger();
                var next = elements.PeekTag();
                return next == Asn1Tag.Integer ? "PKCS#1"
                    : next == Asn1Tag.PrimitiveOctetString ? "SEC 1"
                    : next == Asn1Tag.Sequence ? version == Pkcs12Version ? "PKCS#12" : "PKCS#8"
                    : null;
            }
            elements.ReadSequence();
            var second = elements.PeekTag();
            return second == Asn1Tag.PrimitiveOctetString ? "encrypted PKCS#8"
                : second == Asn1Tag.PrimitiveBitString ? "public key"
                : second == Asn1Tag.Sequence ? "certificate"
                : null;
        }
        catch (AsnContentException)
        {
            return null;
        }
    }
}

/// <summary>Parses PKCS#12 (RFC 7292): a certificate with its private key, often with its chain.</summary>
internal static class Pkcs12Key
{
    private const int WrongPassword = unchecked((int)0x80070056);

    // The key stays in memory. macOS does not support this and stores the key in a temporary keychain.
    private static X509KeyStorageFlags Storage => OperatingSystem.IsMacOS() ? X509KeyStorageFlags.DefaultKeySet : X509KeyStorageFlags.EphemeralKeySet;

    public static KeyMaterial Parse(KeySource source)
    {
        var all = new List<X509Certificate2>(Open(source));
        var own = all.FindAll(certificate => certificate.HasPrivateKey);
        return own.Count switch
        {
            1 => CertificateKey.Parse(own[0], [.. all.FindAll(certificate => certificate != own[0])], "PKCS#12", source),
            0 => throw source.Unusable(
                $"there is a PKCS#12 file with {all.Count} certificates, none of which has a private key",
                "Export the certificate again, with its private key."),
            _ => throw source.Unusable($"there is a PKCS#12 file with {own.Count} private keys", "Remove all except the signing key, or use a JWK set for several keys."),
        };
    }

    private static X509Certificate2Collection Open(KeySource source)
    {
        try
        {
            return X509CertificateLoader.LoadPkcs12Collection(source.Bytes, source.Password, Storage);
        }
        catch (Pkcs12LoadLimitExceededException e)
        {
            throw source.Unusable("there is a PKCS#12 file that exceeds the limits of .NET for size or iterations", "Export the file again with the default settings.", e);
        }
        catch (CryptographicException e) when (e.HResult == WrongPassword)
        {
            throw source.CreatePasswordException("a PKCS#12 file", e);
        }
    }
}
