namespace JwtGrantClient.Caching;

/// <summary>The status of a token, for health checks. It holds nothing secret.</summary>
/// <param name="Freshness">What the cached token is worth; null where there is none.</param>
/// <param name="RefreshesIn">How long until a call refreshes it, or acquires the first: zero where the next call does.</param>
/// <param name="FailingFor">How long ago the first of the failures since the last success was; null where there is none.</param>
/// <param name="LastError">The last of these failures.</param>
/// <param name="NextAttemptIn">How long the server is still left alone after that.</param>
/// <param name="IsRefreshing">Whether a refresh is under way.</param>
internal sealed record TokenStatus(
    Freshness? Freshness, TimeSpan RefreshesIn, TimeSpan? FailingFor, JwtGrantException? LastError, TimeSpan NextAttemptIn, bool IsRefreshing)
{
    public static TokenStatus Create(AccessToken? token, RefreshSchedule schedule, RefreshState? state, long now) => new(
        token is null ? null : schedule.At(now),
        token is null ? TimeSpan.Zero : TimeSpan.FromTicks(Math.Max(0, schedule.RefreshAt - now)),
        state?.Backoff.FailingSince is { } since ? TimeSpan.FromTicks(now - since) : null,
        state?.Backoff.LastError,
        state?.Backoff.RemainingAt(now) ?? TimeSpan.Zero,
        state is { Refresh: not null });
}
