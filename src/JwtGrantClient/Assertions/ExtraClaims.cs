using System.Collections.Frozen;
using System.Text.Json;

namespace JwtGrantClient.Assertions;

/// <summary>Claims of the user's own, written once into the fixed part of the payload.</summary>
internal static class ExtraClaims
{
    private static readonly FrozenSet<string> Registered =
        FrozenSet.Create(StringComparer.Ordinal, "iss", "sub", "aud", "exp", "nbf", "iat", "jti");

    /// <summary>What is wrong with a claim, or null where nothing is.</summary>
    public static string? Problem(string name, object? value) => name switch
    {
        "" => "has an empty name",
        _ when Registered.Contains(name) => $"'{name}' is written by the library itself; use the setting that stands for it",
        _ when !IsWritable(value) => $"'{name}' is of the type {value?.GetType().ToString() ?? "null"}; " +
            "a claim is a string, a bool, an int, a long, a double, a JsonElement or a sequence of strings",
        _ => null,
    };

    /// <summary>Writes the claims as members of the object that is open.</summary>
    public static void Write(Utf8JsonWriter writer, IReadOnlyDictionary<string, object> claims)
    {
        foreach (var (name, value) in claims)
        {
            writer.WritePropertyName(name);
            WriteValue(writer, value);
        }
    }

    private static bool IsWritable(object? value) => value switch
    {
        string or bool or int or long => true,
        double number => double.IsFinite(number),
        JsonElement json => json.ValueKind is not JsonValueKind.Undefined,
        IEnumerable<string?> list => list.All(item => item is not null),
        _ => false,
    };

    private static void WriteValue(Utf8JsonWriter writer, object value)
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
                throw new System.Diagnostics.UnreachableException("Claims are checked by Problem before they are written.");
        }
    }
}
