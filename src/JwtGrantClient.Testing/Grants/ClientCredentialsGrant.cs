using JwtGrantClient.Testing.Validation;

namespace JwtGrantClient.Testing.Grants;

/// <summary>RFC 6749 section 4.4: only a client that proved itself.</summary>
internal static class ClientCredentialsGrant
{
    public const string Type = "client_credentials";

    public static GrantResult Judge(GrantRequest request) => request.AuthenticatedClient is { } client
        ? new(client, client.Id, client.Id, request.Form["scope"])
        : throw RefusedException.Client("S17", "RFC 6749 section 4.4.2",
            "The client_credentials grant needs client authentication, and there is none.");
}
