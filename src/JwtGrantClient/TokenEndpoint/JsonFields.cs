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
            var written = new HashSet<string>(StringComparer.Ordinal);
            foreach (var (name, _) in fields)
            {
                if (!written.Add(name))
                    continue;
                var values = ValuesOf(name, fields);
                writer.WritePropertyName(name);
                if (IsJson(name))
                    writer.WriteRawValue(values[0]);
                else if (values is [var only])
                    writer.WriteStringValue(only);
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
                foreach (var value in member.Value.EnumerateArray())
                    fields.Add(new(member.Name, value.Text() ?? ""));
            else
                fields.Add(new(member.Name, member.Value.Text() ?? member.Value.GetRawText()));
        return fields;
    }

    private static bool IsJson(string name) => name is "authorization_details";

    private static List<string> ValuesOf(string name, IReadOnlyList<KeyValuePair<string, string>> fields)
    {
        var values = new List<string>();
        foreach (var field in fields)
            if (field.Key == name)
                values.Add(field.Value);
        return values;
    }

    private static void WriteArray(Utf8JsonWriter writer, List<string> values)
    {
        writer.WriteStartArray();
        foreach (var value in values)
            writer.WriteStringValue(value);
        writer.WriteEndArray();
    }
}
