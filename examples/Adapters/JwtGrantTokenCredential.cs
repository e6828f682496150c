using Azure.Core;
using JwtGrantClient;

namespace Adapters;

/// <summary>A token source as the credential of the clients of the Azure SDK. The scopes that a client asks for become the scope of the token request.</summary>
internal sealed class JwtGrantTokenCredential(ITokenSource tokens) : TokenCredential
{
    public override async ValueTask<Azure.Core.AccessToken> GetTokenAsync(TokenRequestContext requestContext, CancellationToken cancellationToken)
    {
        var token = await tokens.GetTokenAsync(CreateRequest(requestContext), cancellationToken).ConfigureAwait(false);
        return token.Type == "Bearer"
            ? new(token.Value, token.ExpiresAt)
            : throw new NotSupportedException($"Clients of the Azure SDK send bearer tokens; the type of this token is {token.Type}.");
    }

    public override Azure.Core.AccessToken GetToken(TokenRequestContext requestContext, CancellationToken cancellationToken) =>
        GetTokenAsync(requestContext, cancellationToken).AsTask().GetAwaiter().GetResult();

    private static TokenRequest CreateRequest(TokenRequestContext context)
    {
        var request = context.Scopes is { Length: > 0 } scopes ? new TokenRequest { Scope = string.Join(' ', scopes) } : TokenRequest.Default;
        // An API that rejected a token can say which claims it expects (continuous access evaluation of Microsoft Entra ID).
        return context.Claims is { } claims ? new(request) { Parameters = new Dictionary<string, string> { ["claims"] = claims } } : request;
    }
}
