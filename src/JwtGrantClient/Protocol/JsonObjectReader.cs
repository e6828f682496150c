using System.Text.Json;
using System.Text.Unicode;

namespace JwtGrantClient.Protocol;

/// <summary>
/// Reads JSON objects from the network strictly: always as UTF-8, because JSON has no charset parameter (RFC 8259 sections 8.1 and 11), without
/// duplicate members and without malformed member names.
/// </summary>
internal static class JsonObjectReader
{
    private static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false, MaxDepth = 32 };

    /// <summary>Parses a JSON object. Returns null if the body is not one.</summary>
    /// <param name="body">The body of the response.</param>
    /// <param name="problem">If the result is null, the reason: a phrase that completes "the body ...".</param>
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
            problem = $"is not JSON (line {e.LineNumber + 1}, byte {e.BytePositionInLine + 1}), or has two members with the same name";
        }
        catch (InvalidOperationException)
        {
            // A member name has an unpaired surrogate, which the check for duplicates cannot decode.
            problem = "has a member name that is not well-formed Unicode";
        }
        return null;
    }

    /// <summary>Returns the text of a member; null if the member is missing or is not a well-formed string.</summary>
    public static string? Text(this JsonElement json, string name) => json.TryGetProperty(name, out var member) ? member.Text() : null;

    /// <summary>Returns the text of a value; null if the value is not a well-formed string.</summary>
    public static string? Text(this JsonElement member)
    {
        try
        {
            return member.ValueKind == JsonValueKind.String ? member.GetString() : null;
        }
        catch (InvalidOperationException)
        {
            // The string has an unpaired surrogate, written as an escape sequence.
            return null;
        }
    }

    /// <summary>Reads a member that is text from a JSON object; null if there is none.</summary>
    /// <param name="body">The object.</param>
    /// <param name="member">The name of the member.</param>
    /// <param name="problem">What is wrong: a phrase such as "is empty".</param>
    public static string? TryReadMember(ReadOnlyMemory<byte> body, string member, out string problem)
    {
        using var json = TryParse(body, out problem);
        if (json is null)
            return null;
        problem = $"has no member {SettingText.Quote(member)} that is text";
        return json.RootElement.Text(member);
    }
}
