using JwtGrantClient.Protocol;

namespace JwtGrantClient.TokenEndpoint;

/// <summary>Acquires tokens for the cache, which keeps them and sets the total timeout.</summary>
internal interface ITokenAcquirer
{
    /// <summary>Acquires a token.</summary>
    /// <param name="request">What the token is for.</param>
    /// <param name="attempts">How many attempts may be made; it also notes how they went.</param>
    /// <param name="cancellationToken">Ends the acquisition at its total timeout.</param>
    /// <exception cref="JwtGrantException">No token could be obtained.</exception>
    Task<AccessToken> GetTokenAsync(TokenRequest request, RequestAttempts attempts, CancellationToken cancellationToken);
}

/// <summary>
/// Acquires tokens from the token endpoint: a request, completed from the client's settings, becomes the configured grant. It keeps
/// nothing.
/// </summary>
/// <param name="endpoint">Where the grant is exchanged.</param>
/// <param name="grantFor">Returns the configured grant for a request.</param>
/// <param name="defaults">The scope, resources and parameters of the client's settings.</param>
internal sealed class TokenEndpointSource(TokenEndpointClient endpoint, Func<TokenRequest, Grant> grantFor, TokenRequest defaults) : ITokenAcquirer
{
    /// <exception cref="JwtGrantException">No token could be obtained, or one that is not an access token.</exception>
    public async Task<AccessToken> GetTokenAsync(TokenRequest request, RequestAttempts attempts, CancellationToken cancellationToken)
    {
        var response = await endpoint.RequestAsync(grantFor(Complete(request)), attempts, cancellationToken).ConfigureAwait(false);
        return response.AccessToken.Type != AccessToken.NotApplicable ? response.AccessToken : throw JwtGrantException.Configuration(
            "not_an_access_token",
            $"The server issued a token of the type '{SanitizedText.From(response.IssuedTokenType ?? "(none)")}', which is not an access token " +
            "(RFC 8693 section 2.2.1). " +
            "Set TokenExchange:RequestedTokenType to that of an access token, or take the token once from ITokenEndpoint.");
    }

    private TokenRequest Complete(TokenRequest request) => request.Equals(TokenRequest.Default) ? defaults : new()
    {
        Scope = request.Scope ?? defaults.Scope,
        Resource = request.Resource.Count > 0 ? request.Resource : defaults.Resource,
        Subject = request.Subject,
        Claims = request.Claims,
        Parameters = Members.Merge(defaults.Parameters, request.Parameters),
    };
}
