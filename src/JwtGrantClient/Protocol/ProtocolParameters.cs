namespace JwtGrantClient.Protocol;

/// <summary>
/// The form fields that the protocol defines. An additional parameter must not have one of these names: it could change which client makes the
/// request, or what the request is for.
/// </summary>
internal static class ProtocolParameters
{
    private static readonly HashSet<string> Names = new(StringComparer.Ordinal)
    {
        "grant_type", "assertion", "client_id", "client_secret", "client_assertion", "client_assertion_type", "scope", "resource", "authorization_details",
        "code", "redirect_uri", "code_verifier", "refresh_token", "username", "password",
        "subject_token", "subject_token_type", "actor_token", "actor_token_type",
    };

    /// <summary>Returns a description of what is wrong with the name of an additional parameter, or null if the name is valid.</summary>
    public static string? Problem(string name) => name switch
    {
        "" => "has an empty name",
        _ when Names.Contains(name) => $"'{name}' is a field of the protocol; use its own setting instead",
        _ => null,
    };
}
