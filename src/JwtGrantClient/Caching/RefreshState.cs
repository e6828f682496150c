namespace JwtGrantClient.Caching;

/// <summary>
/// What an entry needs only while a refresh is under way, the server fails or an API has rejected a token: created for that time, so that a
/// hundred thousand identities at rest stay small. Guarded by the entry's lock.
/// </summary>
internal sealed class RefreshState(CacheContext context)
{
    public InvalidationThrottle Throttle;

    /// <summary>The refresh under way.</summary>
    public Task<AccessToken>? Refresh { get; set; }

    /// <summary>How many callers wait for it.</summary>
    public int Waiting { get; set; }

    /// <summary>The token that an API rejected, until there is another one.</summary>
    public AccessToken? Rejected { get; set; }

    public RefreshBackoff Backoff { get; } = new(context.Backoff, context.Random);

    /// <summary>Whether the next call would go as if nothing had happened.</summary>
    public bool IsOverAt(long now) => Refresh is null && Backoff.IsOverAt(now) && !Throttle.IsActiveAt(now);
}

/// <summary>
/// Lets at most one token in <see cref="RefreshOptions.InvalidationInterval"/> be replaced because an API rejected it: an API that answers
/// 401 to everything must not turn every call into a token request. Guarded by the entry's lock.
/// </summary>
internal struct InvalidationThrottle
{
    private long _activeUntil;

    public readonly bool IsActiveAt(long now) => now < _activeUntil;

    /// <summary>Whether a rejection counts now; if so, later ones do not for a while.</summary>
    public bool TryPass(long now, TimeSpan lifetime, RefreshOptions options)
    {
        if (IsActiveAt(now))
            return false;
        _activeUntil = now + Math.Min(options.InvalidationInterval.Ticks, (long)(lifetime.Ticks * options.MaxInvalidationFraction));
        return true;
    }
}
