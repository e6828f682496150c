using System.Text;
using System.Text.Json;
using JwtGrantClient.Testing.Validation;

namespace JwtGrantClient.Testing.Jose;

/// <summary>
/// A JWT that is parsed strictly (RFC 7515 section 5.2). A part that is malformed is null. Its signature and its claims are not validated yet.
/// </summary>
internal sealed class SignedJwt
{
    private readonly string _compact;
    private readonly int _signatureDot;

    private SignedJwt(string compact, int signatureDot) => (_compact, _signatureDot) = (compact, signatureDot);

    public JsonElement? Header { get; private init; }

    public JsonElement? Claims { get; private init; }

    public byte[]? Signature { get; private init; }

    /// <summary>
    /// Parses the compact form; returns null if it does not have three segments. Reports S03 for the compact form and S04 for the JSON.
    /// </summary>
    public static SignedJwt? Parse(string compact, AssertionUse use, BrokenRules rules)
    {
        var first = compact.IndexOf('.', StringComparison.Ordinal);
        var second = first < 0 ? -1 : compact.IndexOf('.', first + 1);
        if (second < 0 || compact.IndexOf('.', second + 1) >= 0 || CompactFault.IsWrapped(compact))
        {
            rules.Add("S03", "RFC 7515 section 7.1", $"The {use.Name} {CompactFault.Describe(compact)}");
            return null;
        }
        var header = Decode(compact.AsSpan(0, first), "header", use, rules);
        var payload = Decode(compact.AsSpan(first + 1, second - first - 1), "payload", use, rules);
        return new(compact, second)
        {
            Header = ParseJson(header, "header", use, rules),
            Claims = ParseJson(payload, "payload", use, rules),
            Signature = Decode(compact.AsSpan(second + 1), "signature", use, rules),
        };
    }

    /// <summary>Returns the octets that are signed: header and payload in base64url (RFC 7515 section 5.1).</summary>
    public byte[] GetSigningInput() => Encoding.ASCII.GetBytes(_compact, 0, _signatureDot);

    private static byte[]? Decode(ReadOnlySpan<char> segment, string name, AssertionUse use, BrokenRules rules)
    {
        // An empty signature is base64url. It is refused because it does not verify.
        if (segment.IsEmpty && name != "signature")
            rules.Add("S03", "RFC 7515 section 7.1", $"The {use.Name} has an empty {name}.");
        else if (StrictBase64Url.TryDecode(segment, out var bytes))
            return bytes;
        else
        {
            var isPadded = StrictBase64Url.TryDecodePadded(segment, out var padded);
            rules.Add("S03", "RFC 7515 section 2", $"The {use.Name} has a {name} that {StrictBase64Url.DescribeFault(segment)}",
                isPadded ? nameof(Leniency.AllowPaddedBase64Url) : null);
            return isPadded ? padded : null;
        }
        return null;
    }

    private static JsonElement? ParseJson(byte[]? utf8, string name, AssertionUse use, BrokenRules rules)
    {
        if (utf8 is null)
            return null;
        if (StrictJson.TryParse(utf8, out var problem) is { } json)
            return json;
        rules.Add("S04", name == "header" ? "RFC 7515 section 4" : "RFC 7519 section 7.2", $"The {use.Name} has a {name} that {problem}.");
        return null;
    }
}
