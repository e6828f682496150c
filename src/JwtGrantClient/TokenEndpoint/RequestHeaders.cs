using JwtGrantClient.Protocol;

namespace JwtGrantClient.TokenEndpoint;

/// <summary>The additional headers of token and revocation requests that the application configures.</summary>
internal static class RequestHeaders
{
    private const int MaxLength = 8192;

    /// <summary>Describes what is wrong with a header, without its value; null if nothing is.</summary>
    public static string? Problem(string name, string value)
    {
        if (name.Length == 0 || !HeaderSyntax.IsToken(name))
            return $"{SettingText.Quote(name)} is not the name of a header (RFC 9110 section 5.1)";
        if (SettingFor(name) is { } setting)
            return $"'{name}' is set by the library; {setting}";
        using var request = new HttpRequestMessage();
        if (!HeaderSyntax.CanBeIn(request, name))
            return $"'{name}' is one of the headers that HTTP itself needs; remove it";
        return value.Length is 0 or > MaxLength || value.AsSpan().ContainsAnyExceptInRange(' ', '~')
            ? $"the value of '{name}' is empty, longer than {MaxLength} characters, or has characters that are not printable ASCII"
            : null;
    }

    private static string? SettingFor(string name) => name.ToUpperInvariant() switch
    {
        "AUTHORIZATION" => "set ClientAuthentication instead",
        "DPOP" => "set DPoP:Enabled instead",
        "USER-AGENT" => "set UserAgent instead",
        "ACCEPT" => "remove it",
        _ => null,
    };
}
