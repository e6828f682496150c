using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using JwtGrantClient.Testing.Tests.TestSupport;

namespace JwtGrantClient.Testing.Tests.Mutations;

/// <summary>Changes the signature, the algorithm that the header names, and the parameters of the header that could bring another key.</summary>
internal static class SignatureMutations
{
    private static readonly string[] OtherAlgorithms =
        ["RS384", "RS512", "PS256", "PS384", "PS512"];

    private static readonly string[] WrongAlgorithms =
    [
        "none", "None", "NONE", "nOnE", "HS256", "HS384", "HS512", "RS1", "RS224", "RSA-OAEP", "RSA1_5", "A256KW", "dir", "ES256K", "EdDSA448", "ES521", "SHA256withRSA", "RSASSA-PKCS1-v1_5",
        "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256", "rs256", "Rs256", "RS256 ", "RS-256", "ES256", "ES384", "ES512", "Ed25519", "EdDSA", "ML-DSA-44", "ML-DSA-65", "ML-DSA-87",
    ];

    private static readonly (string Name, Func<byte[], byte[]> Sign)[] Signatures =
    [
        ("empty", _ => []), ("one octet", _ => [0]), ("zeros", _ => new byte[256]), ("ones", _ => [.. Enumerable.Repeat((byte)0xFF, 256)]), ("the number 1", _ => [.. new byte[255], 1]),
        ("by another key", input => TestData.OtherRsaKey.SignData(input, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1)), ("by a small key", input => TestData.WeakRsaKey.SignData(input, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1)),
        ("by an EC key", input => TestData.P256Key.SignData(input, HashAlgorithmName.SHA256)), ("by an EC key in DER", input => TestData.P256Key.SignData(input, HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence)),
        ("with SHA-1", input => Rsa(input, HashAlgorithmName.SHA1, RSASignaturePadding.Pkcs1)), ("with SHA-384", input => Rsa(input, HashAlgorithmName.SHA384, RSASignaturePadding.Pkcs1)), ("with SHA-512", input => Rsa(input, HashAlgorithmName.SHA512, RSASignaturePadding.Pkcs1)),
        ("with PSS", input => Rsa(input, HashAlgorithmName.SHA256, RSASignaturePadding.Pss)), ("with PSS and SHA-512", input => Rsa(input, HashAlgorithmName.SHA512, RSASignaturePadding.Pss)), ("with MD5", input => Rsa(input, HashAlgorithmName.MD5, RSASignaturePadding.Pkcs1)),
        ("one octet short", input => Subject.Rs256(input)[..^1]), ("one octet long", input => [.. Subject.Rs256(input), 0]), ("with a zero before", input => [0, .. Subject.Rs256(input)]), ("reversed", input => [.. Enumerable.Reverse(Subject.Rs256(input))]),
        ("of the header alone", input => Subject.Rs256(input[..Array.IndexOf(input, (byte)'.')])), ("of the payload alone", input => Subject.Rs256(input[(Array.IndexOf(input, (byte)'.') + 1)..])), ("with a line break", input => Subject.Rs256([.. input, (byte)'\n'])),
        ("with a dot after", input => Subject.Rs256([.. input, (byte)'.'])), ("of the hash", input => Subject.Rs256(SHA256.HashData(input))), ("in UTF-16", input => Subject.Rs256(Encoding.Unicode.GetBytes(Encoding.ASCII.GetString(input)))),
        ("as its own base64url text", input => Encoding.ASCII.GetBytes(Base64Url.EncodeToString(Subject.Rs256(input)))), ("twice", input => [.. Subject.Rs256(input), .. Subject.Rs256(input)]), ("an HMAC with the public key", input => HMACSHA256.HashData(TestData.RsaKey.ExportSubjectPublicKeyInfo(), input)),
    ];

    public static IEnumerable<Mutation> Create(Subject subject)
    {
        var input = $"{Subject.Segments[0]}.{Subject.Segments[1]}";
        foreach (var (name, sign) in Signatures)
            yield return subject.Refused($"a signature {name}", $"{input}.{Base64Url.EncodeToString(sign(Encoding.ASCII.GetBytes(input)))}", "S08");
        var valid = Base64Url.DecodeFromChars(Subject.Segments[2]);
        for (var bit = 0; bit < valid.Length * 8; bit += 41)
        {
            byte[] changed = [.. valid];
            changed[bit / 8] ^= (byte)(1 << (bit % 8));
            yield return subject.Refused($"a signature with bit {bit} changed", $"{input}.{Base64Url.EncodeToString(changed)}", "S08");
        }
        foreach (var algorithm in OtherAlgorithms)
            yield return subject.Refused($"an RS256 signature for {algorithm}", Subject.Sign(With("alg", algorithm), Subject.Claims), "S08");
        foreach (var algorithm in WrongAlgorithms)
        {
            var header = With("alg", algorithm);
            yield return subject.Refused($"the alg {algorithm}", Subject.Sign(header, Subject.Claims), "S06");
            yield return subject.Refused($"the alg {algorithm} without signature", $"{Subject.Sign(header, Subject.Claims).Split('.') switch { var s => $"{s[0]}.{s[1]}" }}.", "S06");
        }
        foreach (var mutation in HeaderParameters(subject))
            yield return mutation;
    }

    private static IEnumerable<Mutation> HeaderParameters(Subject subject)
    {
        foreach (var crit in new[] { "[]", "null", "[\"exp\"]", "[\"alg\"]", "[\"b64\"]", "\"b64\"", "[1]", "[\"urn:example:x\"]", "{}", "true" })
            yield return subject.Refused($"crit {crit}", Subject.Sign(With("crit", JsonNode.Parse(crit)), Subject.Claims), "S05");
        foreach (var b64 in new[] { "true", "false", "null", "1", "\"true\"" })
            yield return subject.Refused($"b64 {b64}", Subject.Sign(With("b64", JsonNode.Parse(b64)), Subject.Claims), "S05");
        foreach (var type in new[]
        {
            "at+jwt", "dpop+jwt", "logout+jwt", "oauth-authz-req+jwt", "secevent+jwt", "token-introspection+jwt", "txntoken+jwt", "JOSE", "JWE", "application/at+jwt", "text/plain", "application/application/jwt", "jwt;q=1", "*/*",
        })
            yield return subject.Refused($"typ {type}", Subject.Sign(With("typ", type), Subject.Claims), "S09");
        // As a grant it is an ID-JAG, which a client cannot issue.
        yield return subject.Refused("typ oauth-id-jag+jwt", Subject.Sign(With("typ", "oauth-id-jag+jwt"), Subject.Claims), subject.Role == AssertionRole.Grant ? "S10" : "S09");
        yield return subject.Role == AssertionRole.Grant
            ? subject.Refused("typ client-authentication+jwt", Subject.Sign(With("typ", "client-authentication+jwt"), Subject.Claims), "S09a")
            : subject.Harmless("typ client-authentication+jwt", Subject.Sign(With("typ", "client-authentication+jwt"), Subject.Claims), "It is the type of client assertions (RFC 10070).");
        JsonObject jwk = Keys.Jwk(TestData.OtherRsaKey, TestData.KeyId);
        (string Name, JsonNode Value)[] keys =
        [
            ("jwk", jwk), ("jku", "https://evil.example.com/jwks"), ("x5u", "https://evil.example.com/cert"), ("x5c", new JsonArray("AAAA")), ("x5t", "AAAA"), ("x5t#S256", "AAAA"), ("zip", "DEF"), ("cty", "JWT"), ("iss", "other"), ("exp", 0),
        ];
        foreach (var (name, value) in keys)
        {
            yield return subject.Harmless($"{name} in the header", Subject.Sign(With(name, value.DeepClone()), Subject.Claims), "The key is selected by the registration, and other parameters are not used (RFC 8725 section 3.10).");
            var unsigned = Subject.Sign(With(name, value.DeepClone()), Subject.Claims).Split('.');
            var input = $"{unsigned[0]}.{unsigned[1]}";
            var signature = TestData.OtherRsaKey.SignData(Encoding.ASCII.GetBytes(input), HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
            yield return subject.Refused($"{name} in the header and a signature by another key", $"{input}.{Base64Url.EncodeToString(signature)}", "S08");
        }
    }

    private static JsonObject With(string name, JsonNode? value)
    {
        var header = Subject.Header;
        header[name] = value;
        return header;
    }

    private static byte[] Rsa(byte[] input, HashAlgorithmName hash, RSASignaturePadding padding) => TestData.RsaKey.SignData(input, hash, padding);
}
