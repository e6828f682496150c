using JwtGrantClient.Testing.Clients;
using JwtGrantClient.Testing.Validation;
using JwtGrantClient.Testing.Tokens;

namespace JwtGrantClient.Testing.Endpoints;

/// <summary>
/// The revocation endpoint (RFC 7009). An access token is revoked alone; a refresh token is revoked with all tokens of its authorization.
/// An unknown token is reported as revoked. The token_type_hint is ignored.
/// </summary>
internal sealed class RevocationEndpoint(ClientAuthenticator authenticator, TokenIssuer tokens, RefreshTokenStore refreshTokens)
{
    public ServerResponse Handle(ServerRequest request, RecordedRequest record) => FormEndpoint.Handle(request, record, form =>
    {
        var client = authenticator.Authenticate(request, form) ?? authenticator.FindPublicClient(form)
            ?? throw RefusedException.InvalidClient(
                "S17", "RFC 7009 section 2.1", "Revocation requires client authentication, and the request has none.");
        var token = form.GetRequired("token");
        if (tokens.Find(token) is { } access)
        {
            CheckOwner(access.Descriptor.ClientId, client);
            tokens.Revoke(token);
        }
        else if (refreshTokens.Find(token) is { } refresh)
        {
            CheckOwner(refresh.Descriptor.ClientId, client);
            refresh.Descriptor.Family.Revoke();
        }
        return ServerResponse.Empty(200);
    });

    private static void CheckOwner(string owner, ClientRegistration client)
    {
        if (owner != client.Id)
            throw RefusedException.InvalidGrant("S17", "RFC 7009 section 2.1", "The token was issued to another client.");
    }
}
