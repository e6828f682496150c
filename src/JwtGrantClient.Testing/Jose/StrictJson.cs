using System.Text.Json;
using System.Text.Unicode;

namespace JwtGrantClient.Testing.Jose;

/// <summary>
/// Parses a JSON object strictly: UTF-8 without a byte order mark, no duplicate members (RFC 7515 section 4), and well-formed strings.
/// </summary>
internal static class StrictJson
{
    private static readonly JsonDocumentOptions Options = new() { AllowDuplicateProperties = false, MaxDepth = 32 };

    /// <summary>Returns the object, or null and the problem.</summary>
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
                problem = "has a string with an unpaired surrogate";
            else
                return json;
        }
        catch (JsonException)
        {
            problem = "is not JSON, or has a duplicate member";
        }
        catch (InvalidOperationException)
        {
            problem = "has a member name with an unpaired surrogate";
        }
        return null;
    }

    /// <summary>Returns the value of a member; null if it is missing or is not a string.</summary>
    public static string? GetStringOrNull(this JsonElement json, string name) =>
        json.TryGetProperty(name, out var member) && member.ValueKind == JsonValueKind.String ? member.GetString() : null;

    private static bool IsWellFormed(JsonElement json) => json.ValueKind switch
    {
        JsonValueKind.Object => json.EnumerateObject().All(member => member.Name is not null && IsWellFormed(member.Value)),
        JsonValueKind.Array => json.EnumerateArray().All(IsWellFormed),
        JsonValueKind.String => CanDecode(json),
        _ => true,
    };

    private static bool CanDecode(JsonElement text)
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
