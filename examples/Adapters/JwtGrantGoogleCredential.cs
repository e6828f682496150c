using System.Net;
using System.Net.Http.Headers;
using Google.Apis.Auth.OAuth2;
using Google.Apis.Http;
using JwtGrantClient;

namespace Adapters;

/// <summary>A token source as the credential of Google's clients. They do not say which scopes they need; the scope is that of the client's settings.</summary>
internal sealed class JwtGrantGoogleCredential(ITokenSource tokens) : ICredential, IHttpExecuteInterceptor, IHttpUnsuccessfulResponseHandler
{
    public void Initialize(ConfigurableHttpClient httpClient)
    {
        httpClient.MessageHandler.AddExecuteInterceptor(this);
        httpClient.MessageHandler.AddUnsuccessfulResponseHandler(this);
    }

    // Called for each request, so there is no second cache: the token source returns its current token.
    public async Task InterceptAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var token = await tokens.GetTokenAsync(cancellationToken).ConfigureAwait(false);
        request.Headers.Authorization = new AuthenticationHeaderValue(token.Type, token.Value);
    }

    /// <summary>Returns whether the request is sent again: after a 401, if there is another token.</summary>
    public async Task<bool> HandleResponseAsync(HandleUnsuccessfulResponseArgs args)
    {
        if (args.Response.StatusCode != HttpStatusCode.Unauthorized || !args.SupportsRetry)
            return false;
        var rejected = args.Request.Headers.Authorization?.Parameter;
        var token = await tokens.GetTokenAsync(args.CancellationToken).ConfigureAwait(false);
        if (token.Value == rejected)
        {
            await tokens.InvalidateAsync(TokenRequest.Default, token, args.CancellationToken).ConfigureAwait(false);
            token = await tokens.GetTokenAsync(args.CancellationToken).ConfigureAwait(false);
        }
        return token.Value != rejected;
    }

    public async Task<string> GetAccessTokenForRequestAsync(string? authUri = null, CancellationToken cancellationToken = default) =>
        (await tokens.GetTokenAsync(cancellationToken).ConfigureAwait(false)).Value;
}
