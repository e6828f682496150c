namespace JwtGrantClient.TokenEndpoint;

/// <summary>
/// The token endpoint as a token source: a request, completed from the client's settings, becomes the configured grant. It keeps
/// nothing; the cache wraps it.
/// </summary>
/// <param name="endpoint">Where the grant is exchanged.</param>
/// <param name="assertions">The grant assertions of jwt-bearer; null means client_credentials.</param>
/// <param name="defaults">The scope, resources and parameters of the client's settings.</param>
internal sealed class TokenEndpointSource(ITokenEndpoint endpoint, AssertionProvider? assertions, TokenRequest defaults) : ITokenSource
{
    public async ValueTask<AccessToken> GetTokenAsync(TokenRequest request, CancellationToken cancellationToken = default)
    {
        var response = await endpoint.RequestAsync(GrantFor(Complete(request)), cancellationToken).ConfigureAwait(false);
        return response.AccessToken;
    }

    private Grant GrantFor(TokenRequest request)
    {
        if (assertions is not null)
            return new JwtBearerGrant(assertions, request);
        if (request.Subject is not null)
            throw JwtGrantException.Configuration(
                "subject_without_assertion",
                "The token request names a subject, but the client_credentials grant has no place for one. Set Grant to JwtBearer, or leave the subject out.");
        return new ClientCredentialsGrant(request);
    }

    private TokenRequest Complete(TokenRequest request) => request.Equals(TokenRequest.Default) ? defaults : new()
    {
        Scope = request.Scope ?? defaults.Scope,
        Resource = request.Resource.Count > 0 ? request.Resource : defaults.Resource,
        Subject = request.Subject,
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
