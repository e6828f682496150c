using System.Text.Json.Nodes;
using JwtGrantClient.Testing.Tests.TestSupport;

namespace JwtGrantClient.Testing.Tests.Mutations;

/// <summary>Changes one member of the header or of the claims to another value, another type, or removes it. The result is signed.</summary>
internal static class MemberMutations
{
    // Values that are wrong in each member: other types, and texts without meaning.
    private static readonly string[] OtherValues =
    [
        "null", "true", "false", "[]", "{}", "[null]", "[[]]", "[1]", "{\"a\":1}", "\"\"", "\"\\u0000\"", "\" \"", "\"null\"", "\"\\u200b\"", "\"undefined\"", "\"[object Object]\"",
    ];

    private static readonly string[] Numbers = ["0", "-1", "1.5", "1e3", "9007199254740993", "1e400"];

    // Changes of a text that a careless comparison does not see.
    private static readonly (string Name, Func<string, string> Change)[] TextChanges =
    [
        ("in upper case", text => text.ToUpperInvariant()), ("in lower case", text => text.ToLowerInvariant()), ("with a space before", text => " " + text), ("with a space after", text => text + " "),
        ("with a tab after", text => text + "\t"), ("with a line break after", text => text + "\n"), ("with NUL after", text => text + "\0"),
        ("with NUL inside", text => text.Insert(1, "\0")), ("with a zero-width space", text => text.Insert(1, "\u200B")),
        ("with a byte order mark", text => "\uFEFF" + text), ("with a soft hyphen", text => text.Insert(2, "\u00AD")),
        ("with a combining accent", text => text + "\u0301"), ("with a Cyrillic letter", text => text.Replace('a', '\u0430').Replace('S', '\u0405').Replace('J', '\u0408').Replace('0', '\u041E')),
        ("in full width", text => string.Concat(text.Select(c => (char)(c + 0xFEE0)))), ("with a right-to-left mark", text => text + "\u200F"),
        ("twice", text => text + text), ("without its last character", text => text[..^1]), ("without its first character", text => text[1..]),
        ("with a percent-encoded character", text => $"%{(int)text[0]:X2}{text[1..]}"), ("in quotes", text => $"\"{text}\""),
        ("with a slash after", text => text + "/"), ("with a character after", text => text + "x"), ("reversed", text => string.Concat(text.Reverse())),
    ];

    public static IEnumerable<Mutation> Create(Subject subject)
    {
        foreach (var name in Subject.Header.Select(member => member.Key))
            foreach (var mutation in Change(subject, name, isHeader: true))
                yield return mutation;
        foreach (var name in Subject.Claims.Select(member => member.Key))
            foreach (var mutation in Change(subject, name, isHeader: false))
                yield return mutation;
    }

    private static IEnumerable<Mutation> Change(Subject subject, string name, bool isHeader)
    {
        var original = (isHeader ? Subject.Header : Subject.Claims)[name]!;
        foreach (var value in OtherValues.Concat(Numbers.Where(_ => !IsDate(name))))
            yield return CreateMutation(subject, name, value, JsonNode.Parse(value), isHeader);
        if (!IsDate(name))
            foreach (var (change, apply) in TextChanges.Where(change => change.Change(original.ToString()) != original.ToString()))
                yield return CreateMutation(subject, name, change, apply(original.ToString()), isHeader);
        yield return CreateMutation(subject, name, "in an array", new JsonArray(original.DeepClone()), isHeader);
        yield return CreateMutation(subject, name, "in an object", new JsonObject { ["value"] = original.DeepClone() }, isHeader);
        var (header, claims) = (Subject.Header, Subject.Claims);
        (isHeader ? header : claims).Remove(name);
        yield return name is "typ" or "iat" or "nbf" or "kid"
            ? subject.Harmless($"{name} is missing", Subject.Sign(header, claims), "It is optional; the client has one key.")
            : subject.Refused($"{name} is missing", Subject.Sign(header, claims), RuleOf(name, subject.Role));
    }

    private static Mutation CreateMutation(Subject subject, string name, string change, JsonNode? value, bool isHeader)
    {
        var (header, claims) = (Subject.Header, Subject.Claims);
        (isHeader ? header : claims)[name] = value;
        var (title, assertion) = ($"{name} {change}", Subject.Sign(header, claims));
        return FindReason(name, change, value, subject.Role) is { } reason
            ? subject.Harmless(title, assertion, reason) : subject.Refused(title, assertion, RulesOf(name, value, subject.Role));
    }

    private static string? FindReason(string name, string change, JsonNode? value, AssertionRole role)
    {
        var isText = value is JsonValue text && text.GetValueKind() == System.Text.Json.JsonValueKind.String && text.ToString().Length > 0;
        return name switch
        {
            "typ" when change is "in lower case" => "A media type is compared without case (RFC 7515 section 4.1.9).",
            "aud" when change is "in an array" => "An audience may be an array with one value (RFC 7519 section 4.1.3).",
            "jti" when isText => "A jti is any text that was not used before.",
            "sub" when role == AssertionRole.Grant && isText => "A client may assert any subject that is not another client.",
            _ => null,
        };
    }

    // The rules of which one must be first. For client authentication the sub names the client, so another text is an unknown client.
    private static string[] RulesOf(string name, JsonNode? value, AssertionRole role)
    {
        var isText = value is JsonValue json && json.GetValueKind() == System.Text.Json.JsonValueKind.String && json.ToString().Length > 0;
        return name == "sub" && role == AssertionRole.ClientAuthentication && isText ? ["S10"] : [RuleOf(name, role)];
    }

    private static string RuleOf(string name, AssertionRole role) => name switch
    {
        "alg" => "S06",
        "typ" => "S09",
        "kid" => "S07",
        "iss" => "S10",
        "sub" => "S11",
        "aud" => "S12",
        "exp" => "S13",
        "iat" or "nbf" => "S14",
        "jti" => "S16",
        _ => throw new ArgumentOutOfRangeException(nameof(name), name, role.ToString()),
    };

    private static bool IsDate(string name) => name is "exp" or "iat" or "nbf";
}
