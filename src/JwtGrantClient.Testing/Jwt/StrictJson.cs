using System.Text.Json;
using System.Text.Unicode;

namespace JwtGrantClient.Testing.Jwt;

/// <summary>
/// One JSON object in strict UTF-8 (RFC 8725 section 3.7), in which no name stands twice at any depth: RFC 7515 section 4 and RFC 7519
/// section 4 let a server take the last of two, and let it refuse; this one refuses, since two readers may see two different tokens.
/// </summary>
internal static class StrictJson
{
    public static JsonElement? ReadObject(byte[] json, out string problem)
    {
        try
        {
            problem = !Utf8.IsValid(json) ? "is not UTF-8" : FindFault(json);
            if (problem.Length > 0)
                return null;
            using var document = JsonDocument.Parse(json);
            return document.RootElement.Clone();
        }
        catch (JsonException e)
        {
            problem = $"is not JSON (near byte {e.BytePositionInLine ?? 0})";
        }
        catch (InvalidOperationException)
        {
            // The reader's word for an escaped half of a surrogate pair: \ud800 is no character.
            problem = "has an escape that is no Unicode character";
        }
        return null;
    }

    private static string FindFault(ReadOnlySpan<byte> json)
    {
        var reader = new Utf8JsonReader(json);
        var names = new Stack<HashSet<string>>();
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
            return "is not a JSON object";
        do
        {
            switch (reader.TokenType)
            {
                case JsonTokenType.StartObject:
                    names.Push(new(StringComparer.Ordinal));
                    break;
                case JsonTokenType.EndObject:
                    names.Pop();
                    break;
                // Unescaped first: "iss" and "\u0069ss" are one name.
                case JsonTokenType.PropertyName when !names.Peek().Add(reader.GetString()!):
                    return $"has the member {Quote.Of(reader.GetString()!)} twice";
                case JsonTokenType.String:
                    reader.GetString();
                    break;
            }
        }
        while (reader.Read());
        return "";
    }
}
