using JwtGrantClient.Caching;
using JwtGrantClient.Diagnostics;
using JwtGrantClient.TokenEndpoint;
using Microsoft.Extensions.Logging;

namespace JwtGrantClient.Revocation;

/// <summary>
/// Revokes what the cache keeps, and whatever else a user holds: the cache gives a token up before the server hears of it.
/// </summary>
internal sealed class TokenRevocation(string client, CachedTokenSource tokens, RevocationClient endpoint, TimeProvider time, ILogger logger) : ITokenRevocation
{
    private static readonly TimeSpan AtTheEnd = TimeSpan.FromSeconds(5);

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

    /// <summary>Revokes all that is kept, as far as the time allows. What fails is logged: nobody is there any more to be told.</summary>
    public async Task RevokeAllAsync()
    {
        using var deadline = new CancellationTokenSource(AtTheEnd, time);
        foreach (var token in tokens.TakeAll())
        {
            try
            {
                await endpoint.RevokeAsync(token.Value, "access_token", deadline.Token).ConfigureAwait(false);
            }
            catch (Exception e) when (e is JwtGrantException or OperationCanceledException)
            {
                Log.NotRevoked(logger, client, e);
            }
        }
    }
}
