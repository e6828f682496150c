using JwtGrantClient.TokenEndpoint;

namespace JwtGrantClient.Sources;

/// <summary>
/// Acquires tokens from a token source of the application, below the cache of the library. The source retries by itself; the cache limits its time and spaces
/// its failures.
/// </summary>
internal sealed class UserTokenSource(ITokenSource source) : ITokenAcquirer
{
    public async Task<AccessToken> GetTokenAsync(TokenRequest request, RequestAttempts attempts, CancellationToken cancellationToken)
    {
        // The source may have a cache of its own.
        if (attempts.Rejected is { } rejected)
            await source.InvalidateAsync(request, rejected, cancellationToken).ConfigureAwait(false);
        return await source.GetTokenAsync(request, cancellationToken).ConfigureAwait(false) ?? throw JwtGrantException.Configuration(
            "part_missing", "The token source that UseTokenSource was called with returned null. Return a token, or throw an exception.");
    }
}
