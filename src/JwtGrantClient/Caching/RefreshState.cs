namespace JwtGrantClient.Caching;

/// <summary>
/// The state of an entry while a refresh is under way, the server fails or an API has rejected a token. It exists only then, so that idle entries stay
/// small. The lock of the entry guards it.
/// </summary>
internal sealed class RefreshState(CacheContext context)
{
    public InvalidationThrottle Throttle;

    /// <summary>Gets or sets the refresh under way.</summary>
    public Task<AccessToken>? Refresh { get; set; }

    /// <summary>Gets or sets how many callers wait for it.</summary>
    public int Waiting { get; set; }

    /// <summary>Gets or sets the token that an API rejected, until there is another one.</summary>
    public AccessToken? Rejected { get; set; }

    public RefreshBackoff Backoff { get; } = new(context.Backoff, context.Random);

    /// <summary>Returns whether the state has no further effect.</summary>
    public bool IsOverAt(long now) => Refresh is null && Backoff.IsOverAt(now) && !Throttle.IsActiveAt(now);
}

/// <summary>
/// Limits the tokens that are replaced because an API rejected them to one in <see cref="RefreshOptions.InvalidationInterval"/>. An API that responds
/// 401 to every request does not turn every call into a token request. The lock of the entry guards it.
/// </summary>
internal struct InvalidationThrottle
{
    private long _activeUntil;

    public readonly bool IsActiveAt(long now) => now < _activeUntil;

    /// <summary>Returns whether a rejection counts now, and throttles later ones.</summary>
    public bool TryPass(long now, TimeSpan lifetime, RefreshOptions options)
    {
        if (IsActiveAt(now))
            return false;
        _activeUntil = now + Math.Min(options.InvalidationInterval.Ticks, (long)(lifetime.Ticks * options.MaxInvalidationFraction));
        return true;
    }
}
