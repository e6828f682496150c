using System.Text.Json;
using System.Text.Unicode;

namespace JwtGrantClient.Testing.Jose;

/// <summary>A JSON object by the letter: UTF-8 without BOM, no member twice (RFC 7515 section 4), every text well-formed.</summary>
internal static class StrictJson
{
    private static readonly JsonDocumentOptions Options = new() { AllowDuplicateProperties = false, MaxDepth = 32 };

    /// <summary>Parses an object, or says what is wrong with it.</summary>
    public static JsonElement? TryParse(byte[] utf8, out string problem)
    {
        problem = "";
        try
        {
            if (!Utf8.IsValid(utf8))
                problem = "is not valid UTF-8";
            else if (JsonElement.Parse(utf8, Options) is not { ValueKind: JsonValueKind.Object } json)
                problem = "is JSON, but not an object";
            else if (!IsWellFormed(json))
                problem = "has a text with half a surrogate pair";
            else
                return json;
        }
        catch (JsonException)
        {
            problem = "is not JSON, or names a member twice";
        }
        catch (InvalidOperationException)
        {
            problem = "has a member name with half a surrogate pair";
        }
        return null;
    }

    /// <summary>The member's text; null where it is missing or no string.</summary>
    public static string? Text(this JsonElement json, string name) =>
        json.TryGetProperty(name, out var member) && member.ValueKind == JsonValueKind.String ? member.GetString() : null;

    private static bool IsWellFormed(JsonElement json) => json.ValueKind switch
    {
        JsonValueKind.Object => json.EnumerateObject().All(member => member.Name is not null && IsWellFormed(member.Value)),
        JsonValueKind.Array => json.EnumerateArray().All(IsWellFormed),
        JsonValueKind.String => Decodes(json),
        _ => true,
    };

    private static bool Decodes(JsonElement text)
    {
        try
        {
            return text.GetString() is not null;
        }
        catch (InvalidOperationException)
        {
            return false;
        }
    }
}
