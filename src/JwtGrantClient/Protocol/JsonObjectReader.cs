using System.Text.Json;
using System.Text.Unicode;

namespace JwtGrantClient.Protocol;

/// <summary>
/// A JSON object from the network, read strictly: UTF-8 whatever the charset says (RFC 8259 section 8.1), no duplicate members, no
/// member whose text is not well-formed.
/// </summary>
internal static class JsonObjectReader
{
    private static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false, MaxDepth = 32 };

    /// <summary>Parses an object, or says in a few words why the body is none.</summary>
    public static JsonDocument? TryParse(ReadOnlyMemory<byte> body, out string problem)
    {
        if (body.Span.StartsWith("\uFEFF"u8))
            body = body[3..];
        problem = body.IsEmpty ? "is empty" : "is not valid UTF-8";
        if (body.IsEmpty || !Utf8.IsValid(body.Span))
            return null;
        try
        {
            var document = JsonDocument.Parse(body, Strict);
            if (document.RootElement.ValueKind == JsonValueKind.Object)
                return document;
            problem = $"is a JSON {document.RootElement.ValueKind.ToString().ToLowerInvariant()}, not an object";
            document.Dispose();
        }
        catch (JsonException e)
        {
            problem = $"is not JSON (line {e.LineNumber + 1}, byte {e.BytePositionInLine + 1}), or names a member twice";
        }
        catch (InvalidOperationException)
        {
            // A member name with half a surrogate pair, which the check for duplicates cannot decode.
            problem = "has a member name that is not well-formed Unicode";
        }
        return null;
    }

    /// <summary>The named member's text; null where it is missing, null, or no well-formed string.</summary>
    public static string? Text(this JsonElement json, string name) => json.TryGetProperty(name, out var member) ? member.Text() : null;

    /// <summary>The text of a string; null where the value is none, or not well-formed.</summary>
    public static string? Text(this JsonElement member)
    {
        try
        {
            return member.ValueKind == JsonValueKind.String ? member.GetString() : null;
        }
        catch (InvalidOperationException)
        {
            // Half a surrogate pair, written as an escape.
            return null;
        }
    }
}
