using JwtGrantClient.Protocol;

namespace JwtGrantClient.TokenEndpoint;

/// <summary>
/// The token endpoint as a token source: a request, completed from the client's settings, becomes the configured grant. It keeps
/// nothing; the cache wraps it.
/// </summary>
/// <param name="endpoint">Where the grant is exchanged.</param>
/// <param name="grantFor">The configured grant for a request.</param>
/// <param name="defaults">The scope, resources and parameters of the client's settings.</param>
internal sealed class TokenEndpointSource(ITokenEndpoint endpoint, Func<TokenRequest, Grant> grantFor, TokenRequest defaults) : ITokenSource
{
    /// <exception cref="JwtGrantException">No token could be had, or one that is no access token.</exception>
    public async ValueTask<AccessToken> GetTokenAsync(TokenRequest request, CancellationToken cancellationToken = default)
    {
        var response = await endpoint.RequestAsync(grantFor(Complete(request)), cancellationToken).ConfigureAwait(false);
        return response.AccessToken.Type != AccessToken.NotApplicable ? response.AccessToken : throw JwtGrantException.Configuration(
            "not_an_access_token",
            $"The server issued a token of the type '{SanitizedText.From(response.IssuedTokenType ?? "(none)")}', which is no access token " +
            "(RFC 8693 section 2.2.1). " +
            "Set TokenExchange:RequestedTokenType to that of an access token, or take the token once from ITokenEndpoint.");
    }

    private TokenRequest Complete(TokenRequest request) => request.Equals(TokenRequest.Default) ? defaults : new()
    {
        Scope = request.Scope ?? defaults.Scope,
        Resource = request.Resource.Count > 0 ? request.Resource : defaults.Resource,
        Subject = request.Subject,
        Claims = request.Claims,
        Parameters = request.Parameters.Count == 0 ? defaults.Parameters : Merge(defaults.Parameters, request.Parameters),
    };

    private static Dictionary<string, string> Merge(IReadOnlyDictionary<string, string> under, IReadOnlyDictionary<string, string> over)
    {
        var merged = new Dictionary<string, string>(under, StringComparer.Ordinal);
        foreach (var (name, value) in over)
            merged[name] = value;
        return merged;
    }
}
