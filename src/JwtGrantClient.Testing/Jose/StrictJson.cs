using System.Text.Json;
using System.Text.Unicode;

namespace JwtGrantClient.Testing.Jose;

/// <summary>
/// Parses a JSON object strictly: UTF-8 without a byte order mark, no duplicate members (RFC 7515 section 4), and well-formed strings.
/// </summary>
internal static class StrictJson
{
    public const int MaxDepth = 32;

    private static readonly JsonDocumentOptions Options = new() { AllowDuplicateProperties = false, MaxDepth = MaxDepth };

    /// <summary>Returns the object, or null and the problem: the end of a sentence, without a full stop.</summary>
    public static JsonElement? TryParse(byte[] utf8, out string problem)
    {
        problem = "";
        try
        {
            // Only an escape can write a surrogate that is not part of a pair.
            if (Utf8.IsValid(utf8) && JsonElement.Parse(utf8, Options) is { ValueKind: JsonValueKind.Object } json
                && (utf8.AsSpan().IndexOf("\\u"u8) < 0 || JsonFault.Find(utf8) is null))
                return json;
        }
        catch (JsonException)
        {
            // JsonFault says why.
        }
        catch (InvalidOperationException)
        {
            // A member name has an unpaired surrogate, so names cannot be compared.
        }
        problem = JsonFault.Find(utf8) ?? "is not JSON";
        return null;
    }

    /// <summary>Returns the value of a member; null if it is missing or is not a string.</summary>
    public static string? GetStringOrNull(this JsonElement json, string name) =>
        json.TryGetProperty(name, out var member) && member.ValueKind == JsonValueKind.String ? member.GetString() : null;

    /// <summary>Returns the value of a member that must be a string with at least one character; null, and why, if it is not.</summary>
    /// <param name="json">The object.</param>
    /// <param name="name">The name of the member.</param>
    /// <param name="problem">The end of a sentence that begins with the name of the object: "has no sub".</param>
    public static string? ReadText(this JsonElement json, string name, out string problem)
    {
        problem = !json.TryGetProperty(name, out var member) ? $"has no {name}"
            : member.ValueKind != JsonValueKind.String ? $"has '{name}' as a JSON {DescribeKind(member)}; expected a string"
            : member.ValueEquals("") ? $"has an empty {name}" : "";
        return problem.Length == 0 ? member.GetString() : null;
    }

    /// <summary>Returns the name of the JSON type of a value.</summary>
    public static string DescribeKind(JsonElement value) => value.ValueKind.ToString().ToLowerInvariant();
}
