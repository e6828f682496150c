using System.Text.Json;

namespace JwtGrantClient.Protocol;

/// <summary>The rules for additional claims: all except the registered claims, which the library writes (RFC 7519 section 4.1).</summary>
internal static class ClaimSyntax
{
    private static readonly HashSet<string> Registered = new(StringComparer.Ordinal) { "iss", "sub", "aud", "exp", "nbf", "iat", "jti" };

    // With two values of one member, the server may use another one than the library.
    private static readonly JsonDocumentOptions NoDuplicates = new() { AllowDuplicateProperties = false };

    /// <summary>Returns the value of a claim that is configured as the text of JSON; null if it is not JSON.</summary>
    public static JsonElement? TryParse(string json)
    {
        try
        {
            // The JSON provider of the configuration writes true as True.
            return JsonElement.Parse(json switch { "True" => "true", "False" => "false", _ => json }, NoDuplicates);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or ArgumentException)
        {
            return null;
        }
    }

    /// <summary>Returns a description of what is wrong with a claim, or null if the claim is valid.</summary>
    public static string? Problem(string name, object? value) => name switch
    {
        "" => "has an empty name",
        _ when Registered.Contains(name) => $"'{name}' is written by the library; use its own setting instead",
        _ when !JsonValues.CanWrite(value) => $"{SettingText.Quote(name)} has the type {value?.GetType().ToString() ?? "null"}; a claim is a string, a bool, an int, a long, a finite double, a JsonElement or a sequence of strings",
        _ => null,
    };
}
