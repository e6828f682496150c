using JwtGrantClient.Diagnostics;
using Microsoft.Extensions.Logging;

namespace JwtGrantClient.Caching;

/// <summary>Reads and writes the second level for the cache, with a timeout. Its failures are logged and do not reach the cache.</summary>
/// <param name="store">Contains the tokens of the fleet.</param>
/// <param name="client">The client that the tokens are for.</param>
/// <param name="timeout">The timeout of one call to the store.</param>
/// <param name="refresh">Determines the end of use of a token.</param>
/// <param name="time">The clock for the expiry of entries and for the timeout.</param>
/// <param name="logger">Logs failures of the store.</param>
internal sealed class SharedTokens(
    ISharedTokenStore store, ClientIdentity client, TimeSpan timeout, RefreshOptions refresh, TimeProvider time, ILogger logger)
{
    /// <summary>Gets the proof of possession for adopted tokens that are bound to a key.</summary>
    public ITokenProof? Proof { get; init; }

    /// <summary>Gets the method that starts background work. Default: on the thread pool.</summary>
    public Action<Action> Start { get; init; } = BackgroundWork.OnThreadPool;

    /// <summary>Returns a token that another process has acquired; null if a token request is necessary.</summary>
    /// <param name="request">What the token is for.</param>
    /// <param name="current">The token that is to be refreshed.</param>
    /// <param name="rejected">The token that an API rejected.</param>
    public async Task<AccessToken?> FindAsync(TokenRequest request, AccessToken? current, AccessToken? rejected)
    {
        if (KeyOf(request) is not { } key)
            return null;
        var entry = await WithTimeoutAsync(async cancellationToken => await store.GetAsync(key, cancellationToken).ConfigureAwait(false)).ConfigureAwait(false);
        return entry is not null && IsNewer(entry, current, rejected) ? Adopt(entry) : null;
    }

    /// <summary>Publishes a token for the other processes.</summary>
    public async Task PublishAsync(TokenRequest request, AccessToken token, TimeSpan lifetime)
    {
        // Other processes cannot use a token that is bound to an unknown key.
        if (KeyOf(request) is not { } key || (token.Type == "DPoP" && !client.IsBound))
            return;
        await WithTimeoutAsync(async cancellationToken =>
        {
            await store.SetAsync(key, new SharedToken(token, lifetime), cancellationToken).ConfigureAwait(false);
            return null;
        }).ConfigureAwait(false);
    }

    private string? KeyOf(TokenRequest request)
    {
        var thumbprint = client.BindingThumbprint();
        return client.IsBound && thumbprint is null ? null : SharedTokenKey.Compute(client, thumbprint, request);
    }

    private bool IsNewer(SharedToken entry, AccessToken? current, AccessToken? rejected) =>
        // An entry with the same expiry may be another process's replacement of the rejected token. An older one would probably be rejected, too.
        (rejected is null || (entry.Token.Value != rejected.Value && entry.ExpiresAt >= rejected.ExpiresAt))
        && (current is null || (entry.Token.Value != current.Value && entry.ExpiresAt > current.ExpiresAt))
        && entry.ExpiresAt - TimeSpan.FromTicks(RefreshSchedule.Margin(entry.Lifetime, refresh)) > time.GetUtcNow();

    // The wall clock of the other process may be ahead: the remaining lifetime is at most the whole lifetime.
    private AccessToken Adopt(SharedToken entry)
    {
        var latest = time.GetUtcNow() + entry.Lifetime;
        var token = entry.Token;
        return new(token.Value, token.ExpiresAt < latest ? token.ExpiresAt : latest, token.Type, token.Scope, token.Members)
        {
            Lifetime = entry.Lifetime,
            Proof = token.Type == "DPoP" ? Proof : null,
        };
    }

    // A store may ignore its cancellation and fail in any way. The consequence is only a token request.
    private async Task<SharedToken?> WithTimeoutAsync(Func<CancellationToken, Task<SharedToken?>> call)
    {
        using var deadline = new CancellationTokenSource(timeout, time);
        var cancellation = deadline.Token;
        try
        {
            // On another thread, because a store may block its thread.
            return await BackgroundWork.RunAsync(async () => await call(cancellation).ConfigureAwait(false), Start).WaitAsync(deadline.Token).ConfigureAwait(false);
        }
#pragma warning disable CA1031 // A store may throw any exception.
        catch (Exception e)
#pragma warning restore CA1031
        {
            Log.SharedStoreFailed(logger, client.Name, e);
            return null;
        }
    }
}
