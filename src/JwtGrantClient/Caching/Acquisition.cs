using JwtGrantClient.Protocol;
using JwtGrantClient.TokenEndpoint;

namespace JwtGrantClient.Caching;

/// <summary>
/// One acquisition of a token, which all callers of an entry share: the token of another process from the shared token store, or a new one from the
/// source.
/// </summary>
/// <param name="entry">The entry that gets the token.</param>
/// <param name="request">What the token is for.</param>
/// <param name="current">The token that is to be refreshed; null if there is none.</param>
/// <param name="attempts">Limits the attempts and records their results.</param>
/// <param name="inBackground">Whether a token is valid.</param>
internal sealed class Acquisition(CacheEntry entry, TokenRequest request, AccessToken? current, RequestAttempts attempts, bool inBackground)
{
    /// <summary>Gets the attempts, for the last failure.</summary>
    public RequestAttempts Attempts => attempts;

    /// <exception cref="JwtGrantException">No token could be obtained.</exception>
    public async Task<AccessToken> RunAsync()
    {
        AccessToken token;
        bool isShared;
        PublicationKey? key;
        string reason;
        CachedToken cached;
        var context = entry.Context;
        try
        {
            context.Disposed.ThrowIfCancellationRequested();
            var usableUntil = CachedToken.EndOfInput(request, context);
            (key, var shared) = context.Shared is null ? default : await context.Shared.FindAsync(request, current, attempts.Rejected).ConfigureAwait(false);
            isShared = shared is not null;
            // On another thread, because a signer may block its thread: the total timeout applies nevertheless.
            token = shared ?? await context.Pipeline.WithinTotalTimeoutAsync(
                cancellation => BackgroundWork.RunAsync(() => AcquireAsync(cancellation), context.Start), attempts, context.Disposed).ConfigureAwait(false);
            (reason, cached) = entry.OnSucceeded(token, isShared, usableUntil);
        }
        catch (Exception) when (context.Disposed.IsCancellationRequested)
        {
            throw new ObjectDisposedException(nameof(CachedTokenSource), $"The token source of client '{context.Client}' was disposed.");
        }
        catch (JwtGrantException e)
        {
            entry.OnFailed(e);
            throw;
        }
        catch (Exception e)
        {
            var error = new JwtGrantException(
                JwtGrantErrorKind.Transport, "token_source_failed", $"The token source failed with {e.GetType().Name}: {SanitizedText.ToSentence(e.Message)}", e);
            entry.OnFailed(error);
            throw error;
        }
        finally
        {
            if (!inBackground)
                context.Acquisitions.OnWaited();
        }
        // Callers do not wait for the store.
        if (!isShared && key is not null)
            _ = context.Shared!.PublishAsync(key, request, token, cached.Lifetime);
        // Outside the try block: the next refresh may be under way, and a listener that throws must not make it fail.
        context.Acquisitions.OnSucceeded(entry.Request, cached, reason, context.Server);
        return token;
    }

    /// <summary>
    /// Acquires a token: with retries if no token is valid, by one attempt otherwise. If the token expires during that attempt and callers wait, retries
    /// follow, unless the server sent a Retry-After.
    /// </summary>
    private async Task<AccessToken> AcquireAsync(CancellationToken cancellationToken)
    {
        var source = entry.Context.Source;
        try
        {
            return await source.GetTokenAsync(request, attempts, cancellationToken).ConfigureAwait(false);
        }
        catch (JwtGrantException e) when (attempts.IsSingle && e is { IsTransient: true, RetryAfter: null } && entry.CallersWaitWithoutToken)
        {
            attempts.AllowRetries();
            return await source.GetTokenAsync(request, attempts, cancellationToken).ConfigureAwait(false);
        }
    }
}
