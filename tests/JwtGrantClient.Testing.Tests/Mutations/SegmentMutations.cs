using JwtGrantClient.Testing.Tests.TestSupport;

namespace JwtGrantClient.Testing.Tests.Mutations;

/// <summary>Changes the compact form: characters of base64url, and the number, order and surroundings of the segments.</summary>
internal static class SegmentMutations
{
    private const string Alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

    private static readonly string[] ForeignCharacters =
        ["=", "+", "/", " ", "\t", "\n", "\r\n", "\0", "%", "~", "\"", "é", "\u200B", "，", "*", "!", "\\", ":", "%3D", "&#46;", "\uFEFF", "\u0430"];

    private static readonly string[] Separators = [" ", ",", ", ", "\n", "\t", ";", "."];

    public static IEnumerable<Mutation> Create(Subject subject) =>
        Characters(subject).Concat(UnusedBits(subject)).Concat(Padding(subject)).Concat(Structure(subject)).Concat(Content(subject));

    // The signature covers the changed segments, so that only the form is wrong.
    private static string With(int index, string segment)
    {
        var segments = Subject.Segments;
        segments[index] = segment;
        return index == 2 ? string.Join('.', segments) : Subject.SignSegments($"{segments[0]}.{segments[1]}");
    }

    private static IEnumerable<Mutation> Characters(Subject subject)
    {
        for (var index = 0; index < 3; index++)
        {
            var segment = Subject.Segments[index];
            foreach (var character in ForeignCharacters)
                foreach (var position in new[] { 0, segment.Length / 2, segment.Length })
                    yield return subject.Refused($"segment {index} with '{character}' at {position}", With(index, segment.Insert(position, character)), "S03");
            foreach (var count in new[] { 1, 2, 3 })
                yield return subject.Refused($"segment {index} without its last {count} characters", With(index, segment[..^count]), "S03", index == 2 ? "S08" : "S04");
            foreach (var extra in new[] { "A", "AA", "AAA", "AAAA" })
                yield return subject.Refused($"segment {index} with {extra} more", With(index, segment + extra), "S03", index == 2 ? "S08" : "S04");
        }
    }

    private static IEnumerable<Mutation> UnusedBits(Subject subject)
    {
        for (var index = 0; index < 3; index++)
        {
            var segment = Subject.Segments[index];
            var last = Alphabet.IndexOf(segment[^1], StringComparison.Ordinal);
            var unused = (segment.Length % 4) switch { 2 => 15, 3 => 3, _ => 0 };
            for (var bits = 1; bits <= unused; bits++)
                yield return subject.Refused($"segment {index} with the unused bits {bits}", With(index, segment[..^1] + Alphabet[last + bits]), "S03");
        }
    }

    private static IEnumerable<Mutation> Padding(Subject subject)
    {
        for (var index = 0; index < 3; index++)
        {
            var segment = Subject.Segments[index];
            foreach (var padding in new[] { "=", "==", "===", "%3D", ".=" })
                yield return subject.Refused($"segment {index} with {padding}", With(index, segment + padding), "S03");
            yield return subject.Refused($"segment {index} in base64", With(index, Convert.ToBase64String(System.Buffers.Text.Base64Url.DecodeFromChars(segment)) + "="), "S03");
            yield return subject.Refused($"segment {index} in hexadecimal", With(index, Convert.ToHexString(System.Buffers.Text.Base64Url.DecodeFromChars(segment))), "S03", "S04", "S08");
        }
    }

    private static IEnumerable<Mutation> Structure(Subject subject)
    {
        var (valid, s) = (Subject.Valid, Subject.Segments);
        (string Name, string Text)[] changes =
        [
            ("only a header", s[0]), ("no payload segment", $"{s[0]}.{s[2]}"), ("no signature segment", $"{s[0]}.{s[1]}"), ("no header segment", $"{s[1]}.{s[2]}"), ("an empty header", $".{s[1]}.{s[2]}"),
            ("an empty payload", $"{s[0]}..{s[2]}"), ("only dots", ".."), ("a dot before", "." + valid), ("a dot after", valid + "."), ("a dot twice", valid.Replace(".", "..", StringComparison.Ordinal)), ("a fourth segment", valid + ".AAAA"),
            ("two segments more", valid + ".AAAA.AAAA"), ("a JWE", "eyJhbGciOiJSU0EtT0FFUCIsImVuYyI6IkEyNTZHQ00ifQ.AAAA.AAAA.AAAA.AAAA"), ("white space only", " "), ("quotes around", $"\"{valid}\""), ("single quotes around", $"'{valid}'"),
            ("brackets around", $"[{valid}]"), ("braces around", $"{{{valid}}}"), ("angle brackets around", $"<{valid}>"), ("the scheme Bearer", $"Bearer {valid}"), ("the scheme JWT", $"JWT {valid}"), ("a name before", $"assertion={valid}"),
            ("a data URL", $"data:application/jwt,{valid}"), ("JSON serialization", $"{{\"protected\":\"{s[0]}\",\"payload\":\"{s[1]}\",\"signature\":\"{s[2]}\"}}"), ("general JSON serialization", $"{{\"payload\":\"{s[1]}\",\"signatures\":[{{\"protected\":\"{s[0]}\",\"signature\":\"{s[2]}\"}}]}}"),
            ("colons for dots", valid.Replace('.', ':')), ("ideographic full stops", valid.Replace('.', '\u3002')), ("encoded dots", valid.Replace(".", "%2E", StringComparison.Ordinal)), ("null", "null"), ("undefined", "undefined"), ("an object as text", "[object Object]"),
            ("a PEM block", $"-----BEGIN JWT-----\n{valid}\n-----END JWT-----"), ("lines of 64 characters", string.Join('\n', valid.Chunk(64).Select(line => new string(line)))), ("reversed", string.Concat(valid.Reverse())), ("in base64url again", System.Buffers.Text.Base64Url.EncodeToString(System.Text.Encoding.ASCII.GetBytes(valid))),
        ];
        foreach (var (name, text) in changes)
            yield return subject.Refused(name, text, "S03", name == "reversed" ? "S04" : "S03");
        foreach (var separator in Separators)
            yield return subject.Refused($"two JWTs with '{separator}'", valid + separator + valid, "S03");
        yield return subject.Refused("two JWTs with nothing between", valid + valid, "S03");
        yield return subject.Refused("header and payload exchanged", Subject.SignSegments($"{s[1]}.{s[0]}"), "S06");
        yield return subject.Refused("payload and signature exchanged", $"{s[0]}.{s[2]}.{s[1]}", "S04");
        yield return subject.Refused("the header twice", $"{s[0]}.{s[0]}.{s[2]}", "S10");
    }

    // The content is changed after it was signed. The header is that of the key, and iss and sub of the client, so the signature is verified.
    private static IEnumerable<Mutation> Content(Subject subject)
    {
        var s = Subject.Segments;
        string Change(string claims) => $"{s[0]}.{System.Buffers.Text.Base64Url.EncodeToString(System.Text.Encoding.UTF8.GetBytes(claims))}.{s[2]}";
        for (var i = 0; i < Subject.Id.Length; i++)
        {
            var id = string.Concat(Subject.Id.AsSpan(0, i), Subject.Id[i] == '0' ? "1" : "0", Subject.Id.AsSpan(i + 1));
            yield return subject.Refused($"character {i} of jti after signing", Change(Subject.ClaimsText.Replace(Subject.Id, id, StringComparison.Ordinal)), "S08");
        }
        foreach (var added in new[] { "\"scope\":\"admin\"", "\"x\":1", "\"act\":{}", "\"azp\":\"a\"" })
            yield return subject.Refused($"{added} after signing", Change($"{Subject.ClaimsText[..^1]},{added}}}"), "S08");
        yield return subject.Refused("white space after signing", Change(Subject.ClaimsText + " "), "S08");
        yield return subject.Refused("a longer life after signing", Change(Subject.ClaimsText.Replace($"{TestData.Now + 120}", $"{TestData.Now + 121}", StringComparison.Ordinal)), "S08");
    }
}
