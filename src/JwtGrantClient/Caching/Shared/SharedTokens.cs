using JwtGrantClient.Diagnostics;
using Microsoft.Extensions.Logging;

namespace JwtGrantClient.Caching;

/// <summary>Reads and writes the second level for the cache. Its failures do not reach the cache.</summary>
/// <param name="store">Contains the tokens of the fleet.</param>
/// <param name="client">The client that the tokens are for.</param>
/// <param name="refresh">Determines the end of use of a token.</param>
/// <param name="time">The clock for the expiry of entries.</param>
/// <param name="logger">Logs markers that could not be written.</param>
internal sealed class SharedTokens(SharedStoreClient store, ClientIdentity client, RefreshOptions refresh, TimeProvider time, ILogger logger) : IDisposable
{
    private readonly RevocationMarkers _markers = new(store, client.Name, time, logger);

    /// <summary>Gets the proof of possession for adopted tokens that are bound to a key.</summary>
    public ITokenProof? Proof { get; init; }

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
        var (succeeded, entry) = await store.GetAsync(key.Value).ConfigureAwait(false);
        if (entry?.Token is not { } token)
        {
            store.Metrics.OnStoreLookup(succeeded ? StoreResult.Miss : StoreResult.Failed);
            return (key, null);
        }
        var isUsed = IsNewer(token, current, rejected) && IsUsable(entry)
            && !_markers.ContainsUnread(key.Value, entry) && !await _markers.ContainsAsync(token.Value).ConfigureAwait(false);
        store.Metrics.OnStoreLookup(isUsed ? StoreResult.Adopted : StoreResult.Unused);
        return (key, isUsed ? Adopt(token, entry.Lifetime) : null);
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
        // The server may return a token again that was invalidated.
        if (!await _markers.ContainsAsync(token.Value).ConfigureAwait(false))
            await store.SetAsync(key.Value, new SharedToken(token, lifetime)).ConfigureAwait(false);
    }

    /// <summary>Marks a token, so that no process adopts or publishes it again.</summary>
    public Task MarkAsync(string token, DateTimeOffset expiresAt) => _markers.AddAsync(token, expiresAt);

    /// <inheritdoc cref="MarkAsync(string, DateTimeOffset)"/>
    public Task MarkAsync(string token, TimeSpan remaining) => _markers.AddAsync(token, time.GetUtcNow() + remaining);

    /// <summary>
    /// Marks the tokens of a request and returns them: the one that was cached here and the one in the store, which another process may have acquired.
    /// </summary>
    public async Task<IReadOnlyList<AccessToken>> RemoveAsync(TokenRequest request, AccessToken? cached)
    {
        if (cached is not null)
            await MarkAsync(cached.Value, cached.ExpiresAt).ConfigureAwait(false);
        IReadOnlyList<AccessToken> removed = cached is null ? [] : [cached];
        if (await KeyOfAsync(request).ConfigureAwait(false) is not { } key)
            return removed;
        var (succeeded, found) = await store.GetAsync(key.Value).ConfigureAwait(false);
        if (!succeeded)
            _markers.AddUnread(key.Value);
        if (found is not { Token: { } token } entry
            || token.Value == cached?.Value || !IsUsable(entry) || await _markers.ContainsAsync(token.Value).ConfigureAwait(false))
            return removed;
        await MarkAsync(token.Value, token.ExpiresAt).ConfigureAwait(false);
        return [.. removed, token];
    }

    public void Dispose() => _markers.Dispose();

    private async Task<PublicationKey?> KeyOfAsync(TokenRequest request)
    {
        var thumbprint = client.BindingThumbprint();
        if (client.IsBound && thumbprint is null)
            return null;
        var tokenFiles = await store.ReadFileAsync(
            async cancellationToken => await client.ReadTokenFilesAsync(cancellationToken).ConfigureAwait(false)).ConfigureAwait(false);
        return tokenFiles is null ? null : new(SharedTokenKey.Compute(client, tokenFiles.Claims, thumbprint, request), tokenFiles.Changes);
    }

    private static bool IsNewer(AccessToken token, AccessToken? current, AccessToken? rejected) =>
        // An entry with the same expiry may be another process's replacement of the rejected token. An older one would probably be rejected, too.
        (rejected is null || (token.Value != rejected.Value && token.ExpiresAt >= rejected.ExpiresAt))
        && (current is null || (token.Value != current.Value && token.ExpiresAt > current.ExpiresAt));

    private bool IsUsable(SharedToken entry) => entry.ExpiresAt - TimeSpan.FromTicks(RefreshSchedule.Margin(entry.Lifetime, refresh)) > time.GetUtcNow();

    // The wall clock of the other process may be ahead: the remaining lifetime is at most the whole lifetime.
    private AccessToken Adopt(AccessToken token, TimeSpan lifetime)
    {
        var latest = time.GetUtcNow() + lifetime;
        return new(token.Value, token.ExpiresAt < latest ? token.ExpiresAt : latest, token.Type, token.Scope, token.Members)
        {
            Lifetime = lifetime,
            Proof = token.Type == "DPoP" ? Proof : null,
            IsAdopted = true,
        };
    }
}

/// <summary>The key of a token in the store, and the state of the token files when it was computed.</summary>
/// <param name="Value">The key.</param>
/// <param name="Changes">How often the owner of a token file has changed.</param>
internal sealed record PublicationKey(string Value, int Changes);
