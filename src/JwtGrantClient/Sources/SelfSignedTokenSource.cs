using JwtGrantClient.Assertions;
using JwtGrantClient.TokenEndpoint;

namespace JwtGrantClient.Sources;

/// <summary>Signs access tokens: an API that trusts the key of the client needs no token endpoint.</summary>
/// <param name="tokens">Signs the JWTs.</param>
/// <param name="signer">The key, which is read again after an API rejected a token.</param>
/// <param name="pipeline">Applies retries and timeouts to a signer that is remote.</param>
/// <param name="scopes">Moves the scope of a request into a claim; null if the tokens have no scope.</param>
internal sealed class SelfSignedTokenSource(AssertionFactory tokens, IJwtSigner signer, TokenRequestPipeline pipeline, ScopeClaim? scopes = null) : ITokenAcquirer
{
    /// <exception cref="JwtGrantException">The token could not be signed, or the request has something that is not in a self-signed token.</exception>
    public Task<AccessToken> GetTokenAsync(TokenRequest request, RequestAttempts attempts, CancellationToken cancellationToken)
    {
        request = scopes?.Move(request) ?? request;
        if (request is not { Scope: null, Resource.Count: 0, AuthorizationDetails: null, Parameters.Count: 0, Tokens: null })
            throw JwtGrantException.Configuration(
                "request_not_signed",
                "The token request has a scope, resources, authorization details, parameters or tokens, which a self-signed token does not contain. Set Claims of the request, or Assertion:Claims, to the claims that the API expects.");
        if (attempts.Rejected is not null)
            signer.OnAssertionRejected();
        return pipeline.ExecuteAsync((attempts, cancellationToken) => SignAsync(request, attempts, cancellationToken), attempts, cancellationToken);
    }

    private async ValueTask<AccessToken> SignAsync(TokenRequest request, RequestAttempts attempts, CancellationToken cancellationToken)
    {
        var context = new AssertionContext
        {
            Purpose = AssertionPurpose.AccessToken, Attempt = attempts.BeginAttempt(), Subject = request.Subject, Claims = request.Claims,
        };
        var jwt = await tokens.ProvideAsync(context, cancellationToken).ConfigureAwait(false);
        return new AccessToken(jwt.Value, jwt.ExpiresAt) { Lifetime = tokens.Lifetime };
    }
}
