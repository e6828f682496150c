using System.Security.Cryptography;
using System.Xml;
using JwtGrantClient.Testing.Jose;
using JwtGrantClient.Testing.Validation;

namespace JwtGrantClient.Testing.Saml;

/// <summary>
/// Verifies the signature of an assertion (X05, X06), and gives back what it covers: the assertion parsed again from the very bytes that
/// were digested. What is read is what was signed; the rest of the document is not looked at again.
/// </summary>
internal static class XmlSignature
{
    private const string More = "http://www.w3.org/2001/04/xmldsig-more#", Pss = "http://www.w3.org/2007/05/xmldsig-more#",
        Encryption = "http://www.w3.org/2001/04/xmlenc#", AlgorithmClause = "RFC 9231 section 2.3";

    // No SHA-1, no HMAC, no DSA. By the names of JOSE, for the keys judge by these.
    private static readonly Dictionary<string, string> Methods = new(StringComparer.Ordinal)
    {
        [More + "rsa-sha256"] = "RS256", [More + "rsa-sha384"] = "RS384", [More + "rsa-sha512"] = "RS512",
        [Pss + "sha256-rsa-MGF1"] = "PS256", [Pss + "sha384-rsa-MGF1"] = "PS384", [Pss + "sha512-rsa-MGF1"] = "PS512",
        [More + "ecdsa-sha256"] = "ES256", [More + "ecdsa-sha384"] = "ES384", [More + "ecdsa-sha512"] = "ES512",
    };

    private static readonly Dictionary<string, Func<byte[], byte[]>> Digests = new(StringComparer.Ordinal)
    {
        [Encryption + "sha256"] = SHA256.HashData, [More + "sha384"] = SHA384.HashData, [Encryption + "sha512"] = SHA512.HashData,
    };

    public static XmlElement Verify(XmlElement assertion, AssertionIssuer party)
    {
        var id = assertion.Text("ID")!;
        var signature = SamlSignatureStructure.Find(assertion);
        var (signedInfo, value) = SamlSignatureStructure.Split(signature);
        var covered = CheckValue(signedInfo, value, party);
        // From the bytes that the signature value verified: a comment cannot split what is compared then.
        var (_, _, reference) = SamlSignatureStructure.Open(SamlDocument.Parse(covered).DocumentElement!);
        var (method, digest, prefixes) = SamlSignatureStructure.Follow(reference, id);
        if (!Digests.TryGetValue(method.Text("Algorithm") ?? "", out var hash))
            throw SamlRefusal.Create("X05", AlgorithmClause, $"The digest is '{method.Text("Algorithm")}'; expected {Encryption}sha256 or " +
                "stronger.");
        var canonical = ExclusiveC14N.Canonicalize(WithoutSignature(assertion), prefixes);
        if (!CryptographicOperations.FixedTimeEquals(hash(canonical), Bytes(digest)))
            throw SamlRefusal.Create("X06", "item 9", "The digest does not match the assertion. It was changed after signing, also if only " +
                "by white space.");
        return SamlDocument.Parse(canonical).DocumentElement!;
    }

    private static byte[] CheckValue(XmlElement signedInfo, XmlElement value, AssertionIssuer party)
    {
        var (c14n, method, _) = SamlSignatureStructure.Open(signedInfo);
        var name = method.Text("Algorithm") ?? "";
        if (!Methods.TryGetValue(name, out var jose) || method.Elements().Count > 0)
            throw SamlRefusal.Create("X05", AlgorithmClause, $"The signature method is '{name}', or has parameters; expected " +
                $"{More}rsa-sha256 or stronger.");
        var (algorithm, key) = (VerificationAlgorithm.Named(jose)!, party.Keys[0]);
        if (key.Disagreement(algorithm) is { } disagreement)
            throw SamlRefusal.Create("X05", AlgorithmClause, $"The signature method is '{name}', but {disagreement}.");
        var covered = ExclusiveC14N.Canonicalize(signedInfo, SamlSignatureStructure.Prefixes(c14n));
        return key.Verifies(covered, Bytes(value), algorithm) ? covered : throw SamlRefusal.Create("X06", "item 9",
            $"The signature does not verify with the certificate of '{party.Name}'. Was it signed with another key? The KeyInfo in the " +
            "assertion is not looked at.");
    }

    private static XmlElement WithoutSignature(XmlElement assertion)
    {
        var copy = (XmlElement)assertion.CloneNode(deep: true);
        copy.RemoveChild(copy.Elements("Signature", SamlNames.Signature)[0]);
        return copy;
    }

    private static byte[] Bytes(XmlElement element)
    {
        var text = element.Text() ?? "";
        var bytes = new byte[text.Length];
        return Convert.TryFromBase64String(text, bytes, out var length)
            ? bytes[..length]
            : throw SamlRefusal.Create("X06", "XML Signature section 4.2", $"The {element.LocalName} is not base64.");
    }
}
