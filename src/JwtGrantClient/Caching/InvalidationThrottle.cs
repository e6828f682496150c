namespace JwtGrantClient.Caching;

/// <summary>
/// At most one token in min(30 s, L / 4) is given up because an API refused it: an API that answers 401 to everything must not turn
/// every call into a token request. Guarded by the slot's lock.
/// </summary>
internal struct InvalidationThrottle
{
    private long _releasedAt;

    public readonly bool IsOnAt(long now) => now < _releasedAt;

    /// <summary>Whether a rejection counts now; if so, the brake is on from here.</summary>
    public bool TryPass(long now, TimeSpan lifetime, RefreshSettings settings)
    {
        if (IsOnAt(now))
            return false;
        _releasedAt = now + Math.Min(settings.InvalidationInterval.Ticks, (long)(lifetime.Ticks * settings.MaxInvalidationFraction));
        return true;
    }
}
