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

    /// <summary>
    /// Returns a token that another process has acquired, null if a token request is necessary, and the key under which the result of that request is to be
    /// published, null if it is not to be shared.
    /// </summary>
    /// <param name="request">What the token is for.</param>
    /// <param name="current">The token that is to be refreshed.</param>
    /// <param name="rejected">The token that an API rejected.</param>
    public async Task<(PublicationKey? Key, AccessToken? Token)> FindAsync(TokenRequest request, AccessToken? current, AccessToken? rejected)
    {
        if (await KeyOfAsync(request).ConfigureAwait(false) is not { } key)
            return default;
        var entry = await WithTimeoutAsync(async cancellationToken => await store.GetAsync(key.Value, cancellationToken).ConfigureAwait(false)).ConfigureAwait(false);
        return (key, entry is not null && IsNewer(entry, current, rejected) ? Adopt(entry) : null);
    }

    /// <summary>Publishes a token for the other processes.</summary>
    /// <param name="key">The key that <see cref="FindAsync"/> returned before the token was acquired.</param>
    /// <param name="request">What the token is for.</param>
    /// <param name="token">The token.</param>
    /// <param name="lifetime">The lifetime of the token.</param>
    public async Task PublishAsync(PublicationKey key, TokenRequest request, AccessToken token, TimeSpan lifetime)
    {
        // Other processes cannot use a token that is bound to an unknown key.
        if (token.Type == "DPoP" && !client.IsBound)
            return;
        // If a token file or a certificate was replaced in the meantime, even if the old one is back, the token may be that of another identity.
        if (await KeyOfAsync(request).ConfigureAwait(false) != key)
            return;
        await WithTimeoutAsync<SharedToken>(async cancellationToken =>
        {
            await store.SetAsync(key.Value, new SharedToken(token, lifetime), cancellationToken).ConfigureAwait(false);
            return null;
        }).ConfigureAwait(false);
    }

    private async Task<PublicationKey?> KeyOfAsync(TokenRequest request)
    {
        var thumbprint = client.BindingThumbprint();
        if (client.IsBound && thumbprint is null)
            return null;
        // With a timeout, because the file system may be remote.
        var tokenFiles = await WithTimeoutAsync(async cancellationToken => await client.ReadTokenFilesAsync(cancellationToken).ConfigureAwait(false)).ConfigureAwait(false);
        return tokenFiles is null ? null : new(SharedTokenKey.Compute(client, tokenFiles.Claims, thumbprint, request), tokenFiles.Changes);
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
    private async Task<T?> WithTimeoutAsync<T>(Func<CancellationToken, Task<T?>> call)
        where T : class
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

/// <summary>The key of a token in the store, and the state of the token files when it was computed.</summary>
/// <param name="Value">The key.</param>
/// <param name="Changes">How often the owner of a token file has changed.</param>
internal sealed record PublicationKey(string Value, int Changes);
