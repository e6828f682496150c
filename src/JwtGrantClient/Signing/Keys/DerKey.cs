using System.Formats.Asn1;

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
