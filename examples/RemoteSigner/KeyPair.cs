using System.Formats.Asn1;
using System.Security.Cryptography;
using Net.Pkcs11Interop.Common;
using Net.Pkcs11Interop.HighLevelAPI;
using Net.Pkcs11Interop.HighLevelAPI.Factories;

namespace RemoteSigner;

/// <summary>Generates key pairs in the token and exports the public key for the authorization server.</summary>
internal static class KeyPair
{
    public static string GenerateRsa(ISlot slot, string pin, string label) => Generate(
        slot, pin, label, CKM.CKM_RSA_PKCS_KEY_PAIR_GEN,
        attributes => [attributes.Create(CKA.CKA_MODULUS_BITS, 2048), attributes.Create(CKA.CKA_PUBLIC_EXPONENT, [0x01, 0x00, 0x01])],
        key =>
        {
            using var rsa = RSA.Create(new RSAParameters { Modulus = key(CKA.CKA_MODULUS), Exponent = key(CKA.CKA_PUBLIC_EXPONENT) });
            return rsa.ExportSubjectPublicKeyInfoPem();
        });

    public static string GenerateEc(ISlot slot, string pin, string label) => Generate(
        slot, pin, label, CKM.CKM_EC_KEY_PAIR_GEN,
        attributes => [attributes.Create(CKA.CKA_EC_PARAMS, P256())],
        key =>
        {
            // A DER octet string that contains the uncompressed point: the byte 4, X and Y.
            var point = AsnDecoder.ReadOctetString(key(CKA.CKA_EC_POINT), AsnEncodingRules.DER, out _);
            using var ec = ECDsa.Create(new ECParameters { Curve = ECCurve.NamedCurves.nistP256, Q = { X = point[1..33], Y = point[33..] } });
            return ec.ExportSubjectPublicKeyInfoPem();
        });

    /// <summary>Tries to read a part of the private key from the token.</summary>
    public static bool IsRevealed(ISlot slot, string label, CKA secret)
    {
        using var session = slot.OpenSession(SessionType.ReadOnly);
        var attributes = session.Factories.ObjectAttributeFactory;
        var key = session.FindAllObjects([attributes.Create(CKA.CKA_CLASS, CKO.CKO_PRIVATE_KEY), attributes.Create(CKA.CKA_LABEL, label)]).Single();
        return !session.GetAttributeValue(key, [secret])[0].CannotBeRead;
    }

    private static string Generate(
        ISlot slot, string pin, string label, CKM mechanism, Func<IObjectAttributeFactory, List<IObjectAttribute>> kind, Func<Func<CKA, byte[]>, string> export)
    {
        using var session = slot.OpenSession(SessionType.ReadWrite);
        session.Login(CKU.CKU_USER, pin);
        var attributes = session.Factories.ObjectAttributeFactory;
        using var native = session.Factories.MechanismFactory.Create(mechanism);
        session.GenerateKeyPair(
            native,
            [.. kind(attributes), attributes.Create(CKA.CKA_TOKEN, true), attributes.Create(CKA.CKA_LABEL, label), attributes.Create(CKA.CKA_VERIFY, true)],
            [
                attributes.Create(CKA.CKA_TOKEN, true), attributes.Create(CKA.CKA_LABEL, label), attributes.Create(CKA.CKA_SIGN, true),
                attributes.Create(CKA.CKA_PRIVATE, true),           // requires the PIN
                attributes.Create(CKA.CKA_SENSITIVE, true),         // cannot be read in plain text
                attributes.Create(CKA.CKA_EXTRACTABLE, false),      // cannot be exported encrypted
            ],
            out var publicKey, out _);
        return export(name => session.GetAttributeValue(publicKey, [name])[0].GetValueAsByteArray());
    }

    private static byte[] P256()
    {
        var writer = new AsnWriter(AsnEncodingRules.DER);
        writer.WriteObjectIdentifier("1.2.840.10045.3.1.7");
        return writer.Encode();
    }
}
