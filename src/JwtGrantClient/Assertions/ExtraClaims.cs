using System.Collections.Frozen;
using System.Text.Json;
using JwtGrantClient.Signing;

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
        _ when !PlainJson.CanWrite(value) => $"'{name}' is of the type {value?.GetType().ToString() ?? "null"}; " +
            "a claim is a string, a bool, an int, a long, a double, a JsonElement or a sequence of strings",
        _ => null,
    };

    /// <summary>Writes the claims as members of the object that is open.</summary>
    public static void Write(Utf8JsonWriter writer, IReadOnlyDictionary<string, object> claims)
    {
        foreach (var (name, value) in claims)
        {
            writer.WritePropertyName(name);
            PlainJson.Write(writer, value);
        }
    }
}
