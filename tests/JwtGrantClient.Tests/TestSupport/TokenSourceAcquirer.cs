using JwtGrantClient.TokenEndpoint;

namespace JwtGrantClient.Tests.TestSupport;

/// <summary>Puts any token source under the cache, and records how it was asked.</summary>
internal sealed class TokenSourceAcquirer(ITokenSource source) : ITokenAcquirer
{
    public Task<AccessToken> GetTokenAsync(TokenRequest request, RequestAttempts attempts, CancellationToken cancellationToken) =>
        source.GetTokenAsync(request, cancellationToken).AsTask();
}
