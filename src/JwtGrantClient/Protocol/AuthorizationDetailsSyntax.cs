using System.Text;
using System.Text.Json;

namespace JwtGrantClient.Protocol;

/// <summary>The syntax of <c>authorization_details</c> (RFC 9396 section 2): a JSON array of objects with a type.</summary>
internal static class AuthorizationDetailsSyntax
{
    // With two values of one member, the server may use another one than this class.
    private static readonly JsonDocumentOptions NoDuplicates = new() { AllowDuplicateProperties = false };

    /// <summary>Returns what is wrong with a text, or null. The description does not contain the text, which may be personal.</summary>
    public static string? Problem(string text)
    {
        try
        {
            using var json = JsonDocument.Parse(text, NoDuplicates);
            return json.RootElement.ValueKind != JsonValueKind.Array || json.RootElement.GetArrayLength() == 0
                    ? "is not a JSON array with at least one object"
                : !HaveTypes(json.RootElement)
                    ? "has an element that is not an object with a type; RFC 9396 section 2 requires the member type, a text"
                : null;
        }
        catch (JsonException e)
        {
            return $"is not JSON, or has two members with the same name (line {e.LineNumber + 1}, byte {e.BytePositionInLine + 1})";
        }
        catch (InvalidOperationException)
        {
            return "has a member name that is not well-formed Unicode";
        }
    }

    /// <summary>Returns a valid text without insignificant white space, so that texts that differ only in that are equal.</summary>
    public static string Compact(string text)
    {
        using var json = JsonDocument.Parse(text, NoDuplicates);
        using var stream = new MemoryStream();
        using (var writer = new Utf8JsonWriter(stream))
            json.RootElement.WriteTo(writer);
        return Encoding.UTF8.GetString(stream.ToArray());
    }

    private static bool HaveTypes(JsonElement details)
    {
        foreach (var detail in details.EnumerateArray())
            if (detail.ValueKind != JsonValueKind.Object || !detail.TryGetProperty("type", out var type) || type.Text() is null or "")
                return false;
        return true;
    }
}
