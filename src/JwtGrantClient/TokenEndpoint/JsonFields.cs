using System.Buffers;
using System.Text.Json;
using JwtGrantClient.Protocol;

namespace JwtGrantClient.TokenEndpoint;

/// <summary>Writes the fields of a token request as a JSON object, and reads them for an error in whose text they are masked.</summary>
internal static class JsonFields
{
    /// <summary>Writes fields. Those with the same name become an array.</summary>
    public static byte[] Write(IReadOnlyList<KeyValuePair<string, string>> fields)
    {
        var json = new ArrayBufferWriter<byte>(1024);
        using (var writer = new Utf8JsonWriter(json))
        {
            writer.WriteStartObject();
            foreach (var values in fields.GroupBy(field => field.Key, field => field.Value, StringComparer.Ordinal))
            {
                writer.WritePropertyName(values.Key);
                if (IsJson(values.Key))
                    writer.WriteRawValue(values.First());
                else if (values.Count() == 1)
                    writer.WriteStringValue(values.First());
                else
                    WriteArray(writer, values);
            }
            writer.WriteEndObject();
        }
        return json.WrittenSpan.ToArray();
    }

    /// <summary>Reads the fields that <see cref="Write"/> has written.</summary>
    public static IReadOnlyList<KeyValuePair<string, string>> Read(byte[] body)
    {
        var fields = new List<KeyValuePair<string, string>>();
        using var json = JsonObjectReader.TryParse(body, out _);
        if (json is null)
            return fields;
        foreach (var member in json.RootElement.EnumerateObject())
            if (member.Value.ValueKind == JsonValueKind.Array && !IsJson(member.Name))
                fields.AddRange(member.Value.EnumerateArray().Select(value => new KeyValuePair<string, string>(member.Name, value.Text() ?? "")));
            else
                fields.Add(new(member.Name, member.Value.Text() ?? member.Value.GetRawText()));
        return fields;
    }

    private static bool IsJson(string name) => name is "authorization_details";

    private static void WriteArray(Utf8JsonWriter writer, IEnumerable<string> values)
    {
        writer.WriteStartArray();
        foreach (var value in values)
            writer.WriteStringValue(value);
        writer.WriteEndArray();
    }
}
