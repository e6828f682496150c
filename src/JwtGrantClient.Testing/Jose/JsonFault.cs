using System.Text;
using System.Text.Json;
using System.Text.Unicode;

namespace JwtGrantClient.Testing.Jose;

/// <summary>
/// Finds why <see cref="StrictJson"/> refuses a text: the end of a sentence, without a full stop. It reads the text again, more tolerantly, and is used
/// only for refused texts and for those with escaped characters.
/// </summary>
internal static class JsonFault
{
    // The reader tolerates what has an explanation of its own.
    private static readonly JsonReaderOptions Tolerant = new()
    {
        AllowTrailingCommas = true, AllowMultipleValues = true, CommentHandling = JsonCommentHandling.Allow, MaxDepth = 1 << 20,
    };

    /// <summary>Returns the first fault; null if there is none.</summary>
    public static string? Find(byte[] utf8)
    {
        if (utf8 is [])
            return "is empty";
        if (utf8 is [0xEF, 0xBB, 0xBF, ..])
            return "begins with a byte order mark. Encode the JSON as UTF-8 without one";
        if (utf8 is [0xFF, 0xFE, ..] or [0xFE, 0xFF, ..] or [0, _, ..] or [_, 0, ..])
            return "is UTF-16 or UTF-32; expected UTF-8";
        if (!Utf8.IsValid(utf8))
            return $"is not valid UTF-8 at byte {FindInvalidUtf8(utf8)}";
        try
        {
            return FindInTokens(utf8) ?? FindTrailingComma(utf8);
        }
        catch (JsonException e)
        {
            return DescribeSyntax(utf8, e);
        }
    }

    private static string? FindInTokens(byte[] utf8)
    {
        var reader = new Utf8JsonReader(utf8, Tolerant);
        var (names, kind, isComplete) = (new Stack<HashSet<string>>(), JsonTokenType.None, false);
        while (reader.Read())
        {
            if (reader.TokenType == JsonTokenType.Comment)
                return $"has a comment at byte {reader.TokenStartIndex}; JSON has no comments";
            if (isComplete)
                return $"has more text after the first JSON value, at byte {reader.TokenStartIndex}";
            if (kind == JsonTokenType.None)
                kind = reader.TokenType;
            if (FindInToken(ref reader, names) is { } fault)
                return fault;
            isComplete = names.Count == 0;
        }
        return kind == JsonTokenType.StartObject ? null : $"is JSON, but {Describe(kind)}; expected an object";
    }

    private static string? FindInToken(ref Utf8JsonReader reader, Stack<HashSet<string>> names)
    {
        switch (reader.TokenType)
        {
            case JsonTokenType.StartObject or JsonTokenType.StartArray:
                names.Push(new(StringComparer.Ordinal));
                return names.Count > StrictJson.MaxDepth ? $"has more than {StrictJson.MaxDepth} levels" : null;
            case JsonTokenType.EndObject or JsonTokenType.EndArray:
                names.Pop();
                return null;
            case JsonTokenType.PropertyName:
                return TryGetString(ref reader) is not { } name ? "has a member name with an unpaired surrogate"
                    : names.Peek().Add(name) ? null : $"has the member '{name}' twice";
            case JsonTokenType.String:
                return TryGetString(ref reader) is null ? "has a string with an unpaired surrogate" : null;
            default:
                return null;
        }
    }

    private static string? TryGetString(ref Utf8JsonReader reader)
    {
        try
        {
            return reader.GetString();
        }
        catch (InvalidOperationException)
        {
            return null;
        }
    }

    private static string? FindTrailingComma(byte[] utf8)
    {
        var reader = new Utf8JsonReader(utf8, new JsonReaderOptions { MaxDepth = StrictJson.MaxDepth });
        try
        {
            while (reader.Read())
            {
            }
            return null;
        }
        // Everything else that the tolerant reader accepts has been found before.
        catch (JsonException)
        {
            return "has a comma after the last member or value";
        }
    }

    private static string DescribeSyntax(byte[] utf8, JsonException e)
    {
        var text = utf8.AsSpan();
        var offset = (int)(e.BytePositionInLine ?? 0);
        for (var line = e.LineNumber ?? 0; line > 0; line--)
        {
            var length = text.IndexOf((byte)'\n') + 1;
            offset += length;
            text = text[length..];
        }
        if (offset >= utf8.Length)
            return "is not JSON: it ends before the object is complete";
        return utf8[offset] switch
        {
            (byte)',' => $"is not JSON: a comma at byte {offset} separates nothing",
            (byte)'\'' => $"is not JSON: it has a single quote at byte {offset}; JSON has double quotes",
            var c when c is < 0x20 or > 0x7E => $"is not JSON: unexpected byte 0x{c:X2} at byte {offset}",
            var c => $"is not JSON: unexpected '{(char)c}' at byte {offset}",
        };
    }

    private static int FindInvalidUtf8(byte[] utf8)
    {
        Utf8.ToUtf16(utf8, new char[utf8.Length], out var read, out _, replaceInvalidSequences: false);
        return read;
    }

    private static string Describe(JsonTokenType type) => type switch
    {
        JsonTokenType.StartArray => "an array",
        JsonTokenType.String => "a string",
        JsonTokenType.Number => "a number",
        JsonTokenType.Null => "null",
        _ => "a boolean",
    };
}
