using JwtGrantClient.Testing.Validation;

namespace JwtGrantClient.Testing.Grants;

/// <summary>Validates the client_credentials grant (RFC 6749 section 4.4), which requires client authentication.</summary>
internal static class ClientCredentialsGrant
{
    public const string Type = "client_credentials";

    public static GrantResult Validate(GrantRequest request) => request.AuthenticatedClient is { } client
        ? new(client, client.Id, client.Id, request.Form["scope"])
        : throw RefusedException.InvalidClient("S17", "RFC 6749 section 4.4.2",
            "The client_credentials grant requires client authentication, and the request has none.");
}
