using JwtGrantClient.TokenEndpoint;

namespace JwtGrantClient.Tests.TestSupport;

/// <summary>Uses a token source as the acquirer of the cache.</summary>
internal sealed class TokenSourceAcquirer(ITokenSource source) : ITokenAcquirer
{
    public Task<AccessToken> GetTokenAsync(TokenRequest request, RequestAttempts attempts, CancellationToken cancellationToken) =>
        source.GetTokenAsync(request, cancellationToken).AsTask();
}
