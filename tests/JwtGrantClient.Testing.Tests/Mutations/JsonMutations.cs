using System.Text;
using JwtGrantClient.Testing.Tests.TestSupport;

namespace JwtGrantClient.Testing.Tests.Mutations;

/// <summary>Changes the JSON text of header or claims: its syntax, its encoding, repeated members. The result is signed.</summary>
internal static class JsonMutations
{
    private static readonly (string Name, byte[] Octets)[] InvalidUtf8 =
    [
        ("a lone continuation octet", [0x80]), ("a truncated sequence", [0xC3]), ("an overlong slash", [0xC0, 0xAF]), ("an encoded surrogate", [0xED, 0xA0, 0x80]),
        ("a code point above U+10FFFF", [0xF4, 0x90, 0x80, 0x80]), ("Latin-1", [0xE9]), ("the octet FF", [0xFF]),
    ];

    private static readonly string[] Surrogates = ["\\ud800", "\\udc00", "\\ud800\\ud800", "\\udbff", "\\uDC00\\uD800"];

    private static readonly (string Name, Func<string, string> Change)[] SyntaxChanges =
    [
        ("a byte order mark", json => "\uFEFF" + json), ("a comma at its end", json => $"{json[..^1]},}}"), ("a comma at its start", json => $"{{,{json[1..]}"),
        ("two commas", json => json.Replace(",", ",,", StringComparison.Ordinal)), ("semicolons for commas", json => json.Replace(',', ';')), ("equals signs for colons", json => json.Replace("\":", "\"=", StringComparison.Ordinal)),
        ("no quotes around names", json => System.Text.RegularExpressions.Regex.Replace(json, "\"(\\w+)\":", "$1:")), ("single quotes", json => json.Replace('"', '\'')),
        ("typographic quotes", json => json.Replace('"', '\u201D')), ("a comment before", json => "/**/" + json), ("a comment inside", json => json.Insert(1, "/* */")), ("a line comment after", json => json + "//"),
        ("a hash comment", json => json + "#"), ("text after", json => json + "x"), ("a second object after", json => json + json), ("a second object after a line break", json => $"{json}\n{json}"),
        ("a brace more", json => json + "}"), ("a bracket after", json => json + "]"), ("a prefix against script inclusion", json => ")]}'\n" + json), ("an array around", json => $"[{json}]"), ("a string around", json => System.Text.Json.JsonSerializer.Serialize(json)),
        ("a control character in a name", json => json.Insert(2, "\u0001")), ("a line break in a name", json => json.Insert(2, "\n")), ("an invalid escape", json => json.Insert(2, "\\x41")), ("a short escape", json => json.Insert(2, "\\u41")),
        ("a form feed between members", json => json.Insert(1, "\f")), ("a non-breaking space between members", json => json.Insert(1, "\u00A0")), ("33 levels", json => $"{json[..^1]},\"x\":{new string('[', 32)}{new string(']', 32)}}}"),
        ("form encoding", json => Uri.EscapeDataString(json)), ("null", _ => "null"), ("an empty text", _ => " "), ("a number", _ => "1"), ("true", _ => "true"), ("XML", _ => "<a/>"), ("YAML", _ => "alg: RS256"),
    ];

    private static readonly (string Name, Func<string, string> Change, string Reason)[] HarmlessChanges =
    [
        ("white space before and after", json => $" \t\r\n{json}\n", "JSON may have white space (RFC 8259 section 2)."), ("white space between members", json => json.Replace(",", " ,\n ", StringComparison.Ordinal), "JSON may have white space."),
        ("an escape in a name", json => System.Text.RegularExpressions.Regex.Replace(json, "\"(alg|iss)\"", match => $"\"\\u{(int)match.Value[1]:x4}{match.Value[2..]}"), "An escape is the same character (RFC 8259 section 7)."),
        ("an unknown member", json => $"{json[..^1]},\"x\":1}}", "Members that are not understood are ignored (RFC 7519 section 4, RFC 7515 section 4)."),
        ("an unknown member with all planes", json => $"{json[..^1]},\"x\":\"\\ud83d\\ude00 \u00e9 \ud83d\ude00\"}}", "The text is valid Unicode."),
        ("32 levels", json => $"{json[..^1]},\"x\":{new string('[', 31)}{new string(']', 31)}}}", "The limit is 32 levels."), ("other order", json => $"{{{string.Join(',', json[1..^1].Split(',').Reverse())}}}", "The order of members has no meaning."),
    ];

    public static IEnumerable<Mutation> Create(Subject subject) =>
        CreateFor(subject, "header", Subject.HeaderText, header => Subject.Sign(header, Encoding.UTF8.GetBytes(Subject.ClaimsText)))
            .Concat(CreateFor(subject, "payload", Subject.ClaimsText, claims => Subject.Sign(Encoding.UTF8.GetBytes(Subject.HeaderText), claims)));

    private static IEnumerable<Mutation> CreateFor(Subject subject, string part, string json, Func<byte[], string> sign)
    {
        string Sign(string text) => sign(Encoding.UTF8.GetBytes(text));
        foreach (var (name, change) in SyntaxChanges)
            yield return subject.Refused($"{part} with {name}", Sign(change(json)), "S04");
        foreach (var (name, change, reason) in HarmlessChanges)
            yield return subject.Harmless($"{part} with {name}", Sign(change(json)), reason);
        // Each beginning of an object is no object. Without any character the segment is empty.
        for (var length = 0; length < json.Length; length += subject.Role == AssertionRole.Grant ? 1 : 7)
            yield return subject.Refused($"{part} cut after {length} characters", Sign(json[..length]), length == 0 ? "S03" : "S04");
        foreach (var (name, octets) in InvalidUtf8)
            foreach (var position in new[] { 2, json.Length / 2, json.Length - 2 })
                yield return subject.Refused($"{part} with {name} at {position}",
                    sign([.. Encoding.UTF8.GetBytes(json[..position]), .. octets, .. Encoding.UTF8.GetBytes(json[position..])]), "S04");
        foreach (var surrogate in Surrogates)
            foreach (var member in new[] { $"\"x\":\"{surrogate}\"", $"\"{surrogate}\":1", $"\"x\":[{{\"y\":\"{surrogate}\"}}]" })
                yield return subject.Refused($"{part} with {member}", Sign($"{json[..^1]},{member}}}"), "S04");
        foreach (var encoding in new[] { Encoding.Unicode, Encoding.BigEndianUnicode, Encoding.UTF32 })
            yield return subject.Refused($"{part} in {encoding.WebName}", sign(encoding.GetBytes(json)), "S04");
        foreach (var mutation in Repeat(subject, part, json, Sign))
            yield return mutation;
    }

    private static IEnumerable<Mutation> Repeat(Subject subject, string part, string json, Func<string, string> sign)
    {
        foreach (var member in json[1..^1].Split(','))
        {
            var name = member.Split('"')[1];
            var escaped = $"\\u{(int)name[0]:x4}{name[1..]}";
            yield return subject.Refused($"{part} with {name} twice", sign($"{{{member},{json[1..]}"), "S04");
            yield return subject.Refused($"{part} with another {name} before", sign($"{{\"{name}\":\"other\",{json[1..]}"), "S04");
            yield return subject.Refused($"{part} with another {name} after", sign($"{json[..^1]},\"{name}\":\"other\"}}"), "S04");
            yield return subject.Refused($"{part} with {name} twice, once escaped", sign($"{json[..^1]},\"{escaped}\":null}}"), "S04");
        }
        yield return subject.Refused($"{part} with a nested member twice", sign($"{json[..^1]},\"x\":{{\"y\":1,\"y\":1}}}}"), "S04");
        yield return subject.Refused($"{part} with a member in an array twice", sign($"{json[..^1]},\"x\":[{{\"y\":1,\"y\":2}}]}}"), "S04");
        yield return subject.Harmless($"{part} with names that differ in case", sign($"{json[..^1]},\"ISS\":1,\"Alg\":2}}"), "Names are compared with case (RFC 8259 section 8.3).");
    }
}
