using JwtGrantClient.Caching;
using JwtGrantClient.Diagnostics;
using JwtGrantClient.TokenEndpoint;
using Microsoft.Extensions.Logging;

namespace JwtGrantClient.Revocation;

/// <summary>
/// Revokes cached tokens, and tokens that the caller holds. A token is removed from the cache first, so that no caller gets it during its
/// revocation.
/// </summary>
internal sealed class TokenRevocation(string client, CachedTokenSource tokens, RevocationClient endpoint, TimeProvider time, ILogger logger) : ITokenRevocation
{
    private static readonly TimeSpan DisposeTimeout = TimeSpan.FromSeconds(5);

    public async Task RevokeAsync(TokenRequest request, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        if (tokens.Take(request) is { } token)
            await endpoint.RevokeAsync(token.Value, "access_token", cancellationToken).ConfigureAwait(false);
    }

    public Task RevokeTokenAsync(string token, string? tokenTypeHint = null, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(token);
        return endpoint.RevokeAsync(token, tokenTypeHint, cancellationToken);
    }

    /// <summary>Revokes all cached tokens within 5 s. Failures are logged and not thrown, because the client is being disposed.</summary>
    public async Task RevokeAllAsync()
    {
        using var deadline = new CancellationTokenSource(DisposeTimeout, time);
        foreach (var token in tokens.TakeAll())
        {
            try
            {
                await endpoint.RevokeAsync(token.Value, "access_token", deadline.Token).ConfigureAwait(false);
            }
            catch (Exception e) when (e is JwtGrantException or OperationCanceledException)
            {
                Log.RevocationFailed(logger, client, e);
            }
        }
    }
}
