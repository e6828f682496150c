using JwtGrantClient.Diagnostics;
using Microsoft.Extensions.Logging;

namespace JwtGrantClient.Caching;

/// <summary>The second level as a cache uses it: under a deadline, and without its failures.</summary>
/// <param name="store">Where the tokens of the fleet are.</param>
/// <param name="client">Whose tokens they are.</param>
/// <param name="timeout">How long the store may take.</param>
/// <param name="refresh">When a token is at its end.</param>
/// <param name="time">The wall clock, by which entries are judged, and the deadline's.</param>
/// <param name="logger">Told of a store that fails.</param>
internal sealed class SharedTokens(
    ISharedTokenStore store, ClientIdentity client, TimeSpan timeout, RefreshOptions refresh, TimeProvider time, ILogger logger)
{
    /// <summary>Proves possession of the key that adopted tokens are bound to.</summary>
    public ITokenProof? Proof { get; init; }

    /// <summary>Starts what the store does. Default: on the thread pool.</summary>
    public Action<Action> Start { get; init; } = BackgroundWork.OnThreadPool;

    /// <summary>A token that another process has acquired since; null where the server is to be asked.</summary>
    /// <param name="request">What it is for.</param>
    /// <param name="before">The token that is to be renewed.</param>
    /// <param name="rejected">The token that an API refused.</param>
    public async Task<AccessToken?> FindAsync(TokenRequest request, AccessToken? before, AccessToken? rejected)
    {
        if (KeyOf(request) is not { } key)
            return null;
        var entry = await InTimeAsync(async cancellationToken => await store.GetAsync(key, cancellationToken).ConfigureAwait(false)).ConfigureAwait(false);
        return entry is not null && IsNews(entry, before, rejected) ? Adopted(entry) : null;
    }

    /// <summary>Leaves a token for the others.</summary>
    public async Task PublishAsync(TokenRequest request, AccessToken token, TimeSpan lifetime)
    {
        // A token that is bound to a key of which nothing is known here would be of no use to the others.
        if (KeyOf(request) is not { } key || (token.Type == "DPoP" && !client.IsBound))
            return;
        await InTimeAsync(async cancellationToken =>
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

    private bool IsNews(SharedToken entry, AccessToken? before, AccessToken? rejected) =>
        // Of the same moment it may be another's cure of the same refusal; older than the one refused it will hardly be better.
        (rejected is null || (entry.Token.Value != rejected.Value && entry.ExpiresAt >= rejected.ExpiresAt))
        && (before is null || (entry.Token.Value != before.Value && entry.ExpiresAt > before.ExpiresAt))
        && entry.ExpiresAt - TimeSpan.FromTicks(RefreshSchedule.Margin(entry.Lifetime, refresh)) > time.GetUtcNow();

    // Another's wall clock may be ahead: the token cannot have more of its life before it than the whole.
    private AccessToken Adopted(SharedToken entry)
    {
        var latest = time.GetUtcNow() + entry.Lifetime;
        var token = entry.Token;
        return new(token.Value, token.ExpiresAt < latest ? token.ExpiresAt : latest, token.Type, token.Scope, token.Members)
        {
            Lifetime = entry.Lifetime,
            Proof = token.Type == "DPoP" ? Proof : null,
        };
    }

    // A store may react to its cancellation late or never, and fail in any way: all of that costs a token request and no more.
    private async Task<SharedToken?> InTimeAsync(Func<CancellationToken, Task<SharedToken?>> call)
    {
        using var deadline = new CancellationTokenSource(timeout, time);
        var cancellation = deadline.Token;
        try
        {
            // Aside, because a store may block its thread. What is left to itself fails unseen.
            return await BackgroundWork.RunAsync(async () => await call(cancellation).ConfigureAwait(false), Start).WaitAsync(deadline.Token).ConfigureAwait(false);
        }
#pragma warning disable CA1031 // Whatever the store throws.
        catch (Exception e)
#pragma warning restore CA1031
        {
            Log.SharedStoreFailed(logger, client.Name, e);
            return null;
        }
    }
}
