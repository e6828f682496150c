namespace JwtGrantClient.Protocol;

/// <summary>Form fields that the protocol owns: a further parameter that named one could change who asks, or for what.</summary>
internal static class ProtocolParameters
{
    private static readonly HashSet<string> Names = new(StringComparer.Ordinal)
    {
        "grant_type", "assertion", "client_id", "client_secret", "client_assertion", "client_assertion_type", "scope", "resource",
        "code", "redirect_uri", "code_verifier", "refresh_token", "username", "password",
        "subject_token", "subject_token_type", "actor_token", "actor_token_type",
    };

    /// <summary>What is wrong with a further parameter of this name, or null where nothing is.</summary>
    public static string? Problem(string name) => name switch
    {
        "" => "has an empty name",
        _ when Names.Contains(name) => $"'{name}' is a field of the protocol itself; use the setting that stands for it",
        _ => null,
    };
}
