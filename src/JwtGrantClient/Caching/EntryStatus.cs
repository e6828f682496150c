namespace JwtGrantClient.Caching;

/// <summary>The status of one entry of the cache. It contains no secret.</summary>
/// <param name="Freshness">Whether the cached token is fresh; null if there is none.</param>
/// <param name="ExpiresIn">The time until it is no longer used, zero if it has expired; null if there is none.</param>
/// <param name="RefreshesIn">The time until a call refreshes it, or acquires the first; zero if the next call does.</param>
/// <param name="FailingFor">The time since the first failure after the last success; null if there is none.</param>
/// <param name="LastError">The last failure.</param>
/// <param name="NextAttemptIn">The remaining backoff.</param>
/// <param name="Failures">The number of failures since the last success.</param>
/// <param name="IsRefreshing">Whether a refresh is under way.</param>
internal sealed record EntryStatus(
    Freshness? Freshness, TimeSpan? ExpiresIn, TimeSpan RefreshesIn, TimeSpan? FailingFor, JwtGrantException? LastError, TimeSpan NextAttemptIn, int Failures, bool IsRefreshing)
{
    /// <summary>Gets the status of a token that was never requested.</summary>
    public static EntryStatus None { get; } = new(null, null, TimeSpan.Zero, null, null, TimeSpan.Zero, 0, IsRefreshing: false);

    public static EntryStatus Create(AccessToken? token, RefreshSchedule schedule, RefreshState? state, long now) => new(
        token is null ? null : schedule.At(now),
        token is null ? null : TimeSpan.FromTicks(Math.Max(0, schedule.ExpiresAt - now)),
        token is null ? TimeSpan.Zero : TimeSpan.FromTicks(Math.Max(0, schedule.RefreshAt - now)),
        state?.Backoff.FailingSince is { } since ? TimeSpan.FromTicks(now - since) : null,
        state?.Backoff.LastError,
        state?.Backoff.RemainingAt(now) ?? TimeSpan.Zero,
        state?.Backoff.Failures ?? 0,
        state is { Refresh: not null });
}
