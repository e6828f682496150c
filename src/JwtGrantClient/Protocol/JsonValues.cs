using System.Buffers;
using System.Text;
using System.Text.Json;

namespace JwtGrantClient.Protocol;

/// <summary>The values that additional claims and header parameters may have: those that can be written as JSON without reflection.</summary>
internal static class JsonValues
{
    /// <summary>Lists the allowed types, for an error message.</summary>
    public const string AllowedTypes = "a value is a string, a bool, an int, a long, a finite double, a JsonElement or a sequence of strings";

    /// <summary>Returns whether a value has one of the allowed types.</summary>
    public static bool CanWrite(object? value) => value switch
    {
        string or bool or int or long => true,
        double number => double.IsFinite(number),
        JsonElement json => json.ValueKind is not JsonValueKind.Undefined,
        IEnumerable<string?> list => !new List<string?>(list).Contains(null),
        _ => false,
    };

    /// <summary>
    /// Returns a copy of a value that does not change: a <see cref="JsonElement"/> cannot be read any more once its document is disposed, and a sequence may
    /// be a list that changes.
    /// </summary>
    public static object Copy(object value) => value switch
    {
        JsonElement { ValueKind: not JsonValueKind.Undefined } json => json.Clone(),
        string => value,
        IEnumerable<string> list => new List<string>(list).ToArray(),
        _ => value,
    };

    /// <summary>Returns a copy of members and of their values.</summary>
    public static Dictionary<string, object> Copy(IReadOnlyDictionary<string, object> members)
    {
        var copy = new Dictionary<string, object>(members.Count, StringComparer.Ordinal);
        foreach (var (name, value) in members)
            copy.Add(name, Copy(value));
        return copy;
    }

    /// <summary>Returns a JSON object with these members in the given order.</summary>
    public static string ToJson(IEnumerable<KeyValuePair<string, object>> members)
    {
        var json = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(json))
        {
            writer.WriteStartObject();
            foreach (var (name, value) in members)
            {
                writer.WritePropertyName(name);
                Write(writer, value);
            }
            writer.WriteEndObject();
        }
        return Encoding.UTF8.GetString(json.WrittenSpan);
    }

    /// <summary>Writes a value for which <see cref="CanWrite"/> returned true.</summary>
    public static void Write(Utf8JsonWriter writer, object value)
    {
        switch (value)
        {
            case string text: writer.WriteStringValue(text); break;
            case bool flag: writer.WriteBooleanValue(flag); break;
            case int number: writer.WriteNumberValue(number); break;
            case long number: writer.WriteNumberValue(number); break;
            case double number: writer.WriteNumberValue(number); break;
            case JsonElement json: json.WriteTo(writer); break;
            case IEnumerable<string> list:
                writer.WriteStartArray();
                foreach (var item in list)
                    writer.WriteStringValue(item);
                writer.WriteEndArray();
                break;
            default:
                throw new System.Diagnostics.UnreachableException("CanWrite is called before Write.");
        }
    }
}
