using System.Text;
using System.Text.Json;

namespace JwtGrantClient.Testing.Jwt;

/// <summary>A JWT in JWS compact form, read to the letter (S03, S04); nothing in it is believed yet.</summary>
internal sealed class CompactJwt
{
    public const int MaximumLength = 32 * 1024;

    private CompactJwt(JsonElement header, JsonElement payload, byte[] signingInput, byte[] signature) =>
        (Header, Payload, SigningInput, Signature) = (header, payload, signingInput, signature);

    public JsonElement Header { get; }

    public JsonElement Payload { get; }

    public byte[] SigningInput { get; }

    public byte[] Signature { get; }

    public static CompactJwt Read(string text, AssertionUse use)
    {
        if (text.Length > MaximumLength)
            throw Malformed(use, $"length is {text.Length} characters; this server reads at most {MaximumLength}.");
        var segments = text.Split('.');
        if (segments.Length == 5)
            throw Malformed(use, "five segments make it an encrypted JWT (JWE); this server expects a signed one with three.");
        if (segments.Length != 3)
            throw Malformed(use, $"segments number {segments.Length}; a signed JWT has three: header.payload.signature.");
        return new(
            ReadObject(segments[0], "header", use),
            ReadObject(segments[1], "payload", use),
            Encoding.ASCII.GetBytes(text, 0, segments[0].Length + 1 + segments[1].Length),
            Decode(segments[2], "signature", use));
    }

    public string? HeaderText(string name) => Header.TryGetProperty(name, out var value) ? value.GetString() : null;

    private static JsonElement ReadObject(string segment, string part, AssertionUse use) =>
        StrictJson.ReadObject(Decode(segment, part, use), out var problem)
        ?? throw use.Refuse("S04", "RFC 7519 section 7.2, RFC 8725 section 3.7", $"{part} {problem}. Expected one JSON object in UTF-8, each name once.");

    private static byte[] Decode(string segment, string part, AssertionUse use) =>
        StrictBase64Url.TryDecode(segment, out var bytes, out var problem)
            ? bytes
            : throw Malformed(use, $"{part} segment {problem}. Encode it as RFC 7515 section 2 says.");

    private static RefusedException Malformed(AssertionUse use, string explanation) =>
        use.Refuse("S03", "RFC 7515 sections 2 and 3.1, RFC 7519 section 7.2", explanation);
}
