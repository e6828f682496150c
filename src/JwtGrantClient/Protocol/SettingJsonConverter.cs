using System.ComponentModel;
using System.Text.Json;
using System.Text.Json.Serialization;
using JwtGrantClient.Protocol;

namespace JwtGrantClient;

/// <summary>
/// Writes a setting as JSON. A key or a token that is in the setting by mistake is described and not written. It is public because the JSON source
/// generator creates it.
/// </summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public sealed class SettingJsonConverter : JsonConverter<string>
{
    /// <inheritdoc/>
    public override string? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => reader.GetString();

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, string value, JsonSerializerOptions options)
    {
        ArgumentNullException.ThrowIfNull(writer);
        ArgumentNullException.ThrowIfNull(value);
        writer.WriteStringValue(SecretKind.Describe(value) is { } description ? $"({description}, not shown)" : value);
    }
}

/// <summary>
/// Writes a path, the name of an environment variable or a URL as JSON. Anything else is in the setting by mistake and may be a secret, so it is described
/// and not written. It is public because the JSON source generator creates it.
/// </summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public sealed class PlaceJsonConverter : JsonConverter<string>
{
    /// <inheritdoc/>
    public override string? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => reader.GetString();

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, string value, JsonSerializerOptions options)
    {
        ArgumentNullException.ThrowIfNull(writer);
        ArgumentNullException.ThrowIfNull(value);
        writer.WriteStringValue(IsPlace(value) ? value : SettingText.QuotePath(value));
    }

    private static bool IsPlace(string value) => SettingText.IsShownAsPath(value) || SettingText.IsShownAsVariable(value)
        || (SecretKind.Describe(value) is null && (value.StartsWith("https://", StringComparison.Ordinal) || value.StartsWith("http://", StringComparison.Ordinal)));
}
