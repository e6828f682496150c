using JwtGrantClient.Testing.Clients;
using JwtGrantClient.Testing.Validation;
using JwtGrantClient.Testing.Tokens;

namespace JwtGrantClient.Testing.Endpoints;

/// <summary>
/// RFC 7009: a client gives a token back. An access token goes alone, a refresh token with all that came of its authorization; a token that
/// nobody knows is gone already. The hint only says where to look first, so it cannot be wrong.
/// </summary>
internal sealed class RevocationEndpoint(ClientAuthenticator authenticator, TokenIssuer tokens, RefreshTokens refreshTokens)
{
    public ServerResponse Answer(ServerRequest request, RecordedRequest record) => FormEndpoint.Answer(request, record, form =>
    {
        var client = authenticator.Authenticate(request, form) ?? authenticator.Public(form)
            ?? throw RefusedException.Client("S17", "RFC 7009 section 2.1", "Revocation needs client authentication, and there is none.");
        var token = form.Required("token");
        if (tokens.Find(token) is { } access)
        {
            DemandOwn(access.Order.ClientId, client);
            tokens.Revoke(token);
        }
        else if (refreshTokens.Find(token) is { } refresh)
        {
            DemandOwn(refresh.Terms.ClientId, client);
            refresh.Terms.Family.Revoke();
        }
        return ServerResponse.Empty(200);
    });

    private static void DemandOwn(string owner, ClientRegistration client)
    {
        if (owner != client.Id)
            throw RefusedException.Grant("S17", "RFC 7009 section 2.1", "The token was issued to another client.");
    }
}
