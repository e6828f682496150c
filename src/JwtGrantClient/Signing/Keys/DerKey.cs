using System.Formats.Asn1;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace JwtGrantClient.Signing;

/// <summary>Binary forms, told apart by the first two members of the outer sequence.</summary>
internal static class DerKey
{
    private const int Pkcs12Version = 3;

    /// <summary>Null where the bytes are no ASN.1 of a known shape.</summary>
    /// <exception cref="JwtGrantException">They are, and yet no usable key.</exception>
    public static KeyMaterial? TryParse(KeySource content)
    {
        var format = FormatOf(content.Bytes);
        try
        {
            return format switch
            {
                "PKCS#12" => Pkcs12Key.Parse(content),
                "PKCS#8" => new() { Format = "PKCS#8, DER", Key = PrivateKey.FromPkcs8(content.Bytes, content) },
                "PKCS#1" => new() { Format = "PKCS#1, DER", Key = PrivateKey.FromPkcs1(content.Bytes) },
                "SEC 1" => new() { Format = "SEC 1, DER", Key = PrivateKey.FromSec1(content.Bytes) },
                "encrypted PKCS#8" => new() { Format = "encrypted PKCS#8, DER", Key = PrivateKey.FromEncryptedPkcs8(content.Bytes, content) },
                "certificate" => throw content.Unusable(
                    "there is a certificate without its private key (DER)", "Give a PKCS#12 file with both, or PEM with the key beside " +
                    "the certificate."),
                "public key" => throw content.Unusable("there is only a public key (DER)", "Signing needs the private key; the public " +
                "one is for the server."),
                _ => null,
            };
        }
        catch (Exception e) when (PrivateKey.IsDamage(e))
        {
            throw PrivateKey.Refused(content, $"the {format} key (DER)", e);
        }
    }

    private static string? FormatOf(byte[] der)
    {
        try
        {
            var members = new AsnReader(der, AsnEncodingRules.BER).ReadSequence();
            if (members.PeekTag() == Asn1Tag.Integer)
            {
                var version = members.ReadInteger();
                var next = members.PeekTag();
                return next == Asn1Tag.Integer ? "PKCS#1"
                    : next == Asn1Tag.PrimitiveOctetString ? "SEC 1"
                    : next == Asn1Tag.Sequence ? version == Pkcs12Version ? "PKCS#12" : "PKCS#8"
                    : null;
            }
            members.ReadSequence();
            var second = members.PeekTag();
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

/// <summary>PKCS#12 (RFC 7292): a certificate with its private key, and often its chain.</summary>
internal static class Pkcs12Key
{
    private const int WrongPassword = unchecked((int)0x80070056);

    // The key stays in memory; macOS knows no such thing and keeps it in a temporary keychain.
    private static X509KeyStorageFlags Storage => OperatingSystem.IsMacOS() ? X509KeyStorageFlags.DefaultKeySet : X509KeyStorageFlags.EphemeralKeySet;

    public static KeyMaterial Parse(KeySource content)
    {
        var all = Open(content);
        var own = all.Where(certificate => certificate.HasPrivateKey).ToList();
        return own.Count switch
        {
            1 => CertificateKey.Parse(own[0], [.. all.Where(certificate => certificate != own[0])], "PKCS#12", content),
            0 => throw content.Unusable(
                $"there is a PKCS#12 file with {all.Count} certificates and no private key that belongs to one",
                "Export the certificate again, with its private key."),
            _ => throw content.Unusable($"there is a PKCS#12 file with {own.Count} private keys", "Keep the one to sign with; several " +
                "keys go into a JWK set."),
        };
    }

    private static X509Certificate2Collection Open(KeySource content)
    {
        try
        {
            return X509CertificateLoader.LoadPkcs12Collection(content.Bytes, content.Password, Storage);
        }
        catch (Pkcs12LoadLimitExceededException e)
        {
            throw content.Unusable("there is a PKCS#12 file beyond the platform's limits of size or work", "Export it again, with the " +
                "usual settings.", e);
        }
        catch (CryptographicException e) when (e.HResult == WrongPassword)
        {
            throw content.DoesNotOpen("a PKCS#12 file", e);
        }
    }
}
