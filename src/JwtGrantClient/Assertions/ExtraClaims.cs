using System.Text.Json;
using JwtGrantClient.Protocol;

namespace JwtGrantClient.Assertions;

/// <summary>Claims of the user's own, as members of the payload.</summary>
internal static class ExtraClaims
{
    /// <summary>The claims of the settings with those of one request over them.</summary>
    public static IReadOnlyDictionary<string, object> Merge(
        IReadOnlyDictionary<string, object> under, IReadOnlyDictionary<string, object> over)
    {
        if (over.Count == 0)
            return under;
        var merged = new Dictionary<string, object>(under, StringComparer.Ordinal);
        foreach (var (name, value) in over)
            merged[name] = value;
        return merged;
    }

    /// <summary>Writes the claims as members of the object that is open.</summary>
    public static void Write(Utf8JsonWriter writer, IReadOnlyDictionary<string, object> claims)
    {
        foreach (var (name, value) in claims)
        {
            writer.WritePropertyName(name);
            JsonValues.Write(writer, value);
        }
    }
}
