namespace JwtGrantClient.Protocol;

/// <summary>Claims of the user's own: any but the registered ones that the library writes itself (RFC 7519 section 4.1).</summary>
internal static class ClaimSyntax
{
    private static readonly HashSet<string> Registered = new(StringComparer.Ordinal) { "iss", "sub", "aud", "exp", "nbf", "iat", "jti" };

    /// <summary>What is wrong with a claim, or null where nothing is.</summary>
    public static string? Problem(string name, object? value) => name switch
    {
        "" => "has an empty name",
        _ when Registered.Contains(name) => $"'{name}' is written by the library itself; use the setting that stands for it",
        _ when !JsonValues.CanWrite(value) => $"'{name}' is of the type {value?.GetType().ToString() ?? "null"}; " +
            "a claim is a string, a bool, an int, a long, a double, a JsonElement or a sequence of strings",
        _ => null,
    };
}
