using System.Formats.Asn1;
using System.Security.Cryptography;

namespace JwtGrantClient.Signing;

/// <summary>Finds the private key in a PEM text (RFC 7468): PKCS#8, PKCS#1 or SEC 1.</summary>
internal static class PemPrivateKey
{
    private const string RsaOid = "1.2.840.113549.1.1.1", EcOid = "1.2.840.10045.2.1";

    public static AsymmetricAlgorithm Parse(string pem, string place)
    {
        if (!PemEncoding.TryFind(pem, out var fields))
            throw Unusable(place, "no PEM block was found", "It must hold -----BEGIN PRIVATE KEY----- and the matching END line, whole.");
        var label = pem[fields.Label];
        var der = Convert.FromBase64String(pem[fields.Base64Data]);
        try
        {
            return label switch
            {
                "PRIVATE KEY" => Pkcs8(der, place),
                "RSA PRIVATE KEY" => Import(RSA.Create(), key => key.ImportRSAPrivateKey(der, out _)),
                "EC PRIVATE KEY" => Import(ECDsa.Create(), key => key.ImportECPrivateKey(der, out _)),
                "ENCRYPTED PRIVATE KEY" => throw Unusable(place, "the private key is encrypted", "Decrypt it with: openssl pkey -in FILE -out PLAIN"),
                "PUBLIC KEY" or "RSA PUBLIC KEY" => throw Unusable(
                    place, "there is only a public key", "Signing needs the private key; the public one is for the server."),
                "CERTIFICATE" => throw Unusable(place, "there is a certificate first", "Give the file that holds its private key."),
                _ => throw Unusable(place, $"there is a PEM block '{label}'", "Expected PRIVATE KEY, RSA PRIVATE KEY or EC PRIVATE KEY."),
            };
        }
        catch (Exception e) when (e is CryptographicException or AsnContentException or ArgumentException)
        {
            throw Unusable(place, $"the block '{label}' does not parse", "It is cut short or damaged; copy it again, whole.", e);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(der);
        }
    }

    private static AsymmetricAlgorithm Pkcs8(byte[] der, string place) =>
        AlgorithmOf(der) switch
        {
            RsaOid => Import(RSA.Create(), key => key.ImportPkcs8PrivateKey(der, out _)),
            EcOid => Import(ECDsa.Create(), key => key.ImportPkcs8PrivateKey(der, out _)),
            var oid => throw Unusable(place, $"there is a private key of the kind {oid}", "Expected an RSA or an EC key."),
        };

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

    private static JwtGrantException Unusable(string place, string seen, string remedy, Exception? inner = null) =>
        JwtGrantException.Configuration("signing_key_unusable", $"In {place} {seen}. {remedy}", inner);
}
