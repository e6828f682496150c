using System.Security.Cryptography;
using System.Xml;
using JwtGrantClient.Testing.Jose;
using JwtGrantClient.Testing.Validation;

namespace JwtGrantClient.Testing.Saml;

/// <summary>
/// Verifies the signature of an assertion and returns the signed content, parsed again from the bytes that were digested. Later checks
/// therefore see only what is signed, and nothing else of the document.
/// </summary>
internal static class XmlSignature
{
    private const string XmlDsigMore2001 = "http://www.w3.org/2001/04/xmldsig-more#", XmlDsigMore2007 = "http://www.w3.org/2007/05/xmldsig-more#",
        XmlEnc = "http://www.w3.org/2001/04/xmlenc#", AlgorithmClause = "RFC 9231 section 2.3";

    // Without SHA-1, HMAC and DSA. VerificationKey uses JOSE algorithms, so each URI maps to a JOSE name.
    private static readonly Dictionary<string, string> SignatureMethods = new(StringComparer.Ordinal)
    {
        [XmlDsigMore2001 + "rsa-sha256"] = "RS256", [XmlDsigMore2001 + "rsa-sha384"] = "RS384", [XmlDsigMore2001 + "rsa-sha512"] = "RS512",
        [XmlDsigMore2007 + "sha256-rsa-MGF1"] = "PS256", [XmlDsigMore2007 + "sha384-rsa-MGF1"] = "PS384",
        [XmlDsigMore2007 + "sha512-rsa-MGF1"] = "PS512",
        [XmlDsigMore2001 + "ecdsa-sha256"] = "ES256", [XmlDsigMore2001 + "ecdsa-sha384"] = "ES384",
        [XmlDsigMore2001 + "ecdsa-sha512"] = "ES512",
    };

    private static readonly Dictionary<string, Func<byte[], byte[]>> DigestMethods = new(StringComparer.Ordinal)
    {
        [XmlEnc + "sha256"] = SHA256.HashData, [XmlDsigMore2001 + "sha384"] = SHA384.HashData, [XmlEnc + "sha512"] = SHA512.HashData,
    };

    public static XmlElement Verify(XmlElement assertion, AssertionIssuer issuer)
    {
        var id = assertion.Attribute("ID")!;
        var signature = SamlSignatureStructure.FindSignature(assertion);
        var (signedInfo, value) = SamlSignatureStructure.ReadSignature(signature);
        var verifiedBytes = VerifySignedInfo(signedInfo, value, issuer);
        // The digest is read from the verified bytes, which have no comments. In the document a comment could split it.
        var (_, _, reference) = SamlSignatureStructure.ReadSignedInfo(SamlDocument.Parse(verifiedBytes).DocumentElement!);
        var (method, digest, prefixes) = SamlSignatureStructure.ReadReference(reference, id);
        if (!DigestMethods.TryGetValue(method.Attribute("Algorithm") ?? "", out var hash))
            throw SamlRefusal.Create("X05", AlgorithmClause,
                $"The digest method is '{method.Attribute("Algorithm")}'; expected {XmlEnc}sha256 or stronger.");
        var canonical = ExclusiveC14N.Canonicalize(WithoutSignature(assertion), prefixes);
        if (!CryptographicOperations.FixedTimeEquals(hash(canonical), DecodeBase64(digest)))
            throw SamlRefusal.Create("X06", "item 9",
                "The digest does not match the assertion. The assertion was changed after it was signed; white space counts too.");
        return SamlDocument.Parse(canonical).DocumentElement!;
    }

    private static byte[] VerifySignedInfo(XmlElement signedInfo, XmlElement value, AssertionIssuer issuer)
    {
        var (c14n, method, _) = SamlSignatureStructure.ReadSignedInfo(signedInfo);
        var name = method.Attribute("Algorithm") ?? "";
        if (!SignatureMethods.TryGetValue(name, out var joseName) || method.Elements().Count > 0)
            throw SamlRefusal.Create("X05", AlgorithmClause,
                $"The signature method is '{name}', or has parameters; expected {XmlDsigMore2001}rsa-sha256 or stronger.");
        var (algorithm, key) = (VerificationAlgorithm.Find(joseName)!, issuer.Keys[0]);
        if (key.DescribeMismatch(algorithm) is { } mismatch)
            throw SamlRefusal.Create("X05", AlgorithmClause, $"The signature method is '{name}', but {mismatch}.");
        var canonical = ExclusiveC14N.Canonicalize(signedInfo, SamlSignatureStructure.ReadPrefixes(c14n));
        return key.Verify(canonical, DecodeBase64(value), algorithm) ? canonical : throw SamlRefusal.Create("X06", "item 9",
            $"The signature does not verify with the certificate of '{issuer.Name}'. Was it signed with another key? The KeyInfo in the assertion is ignored.");
    }

    private static XmlElement WithoutSignature(XmlElement assertion)
    {
        var copy = (XmlElement)assertion.CloneNode(deep: true);
        copy.RemoveChild(copy.Elements("Signature", SamlNames.Signature)[0]);
        return copy;
    }

    private static byte[] DecodeBase64(XmlElement element)
    {
        var text = element.TextContent() ?? "";
        var bytes = new byte[text.Length];
        return Convert.TryFromBase64String(text, bytes, out var length)
            ? bytes[..length]
            : throw SamlRefusal.Create("X06", "XML Signature section 4.2", $"The {element.LocalName} is not base64.");
    }
}
