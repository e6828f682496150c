namespace JwtGrantClient.Caching;

/// <summary>How things stand with a token, for whoever watches without wanting one. It holds nothing secret.</summary>
/// <param name="Freshness">What the kept token is worth; null where none is kept.</param>
/// <param name="RenewsIn">How long until a call renews it, or acquires the first: zero where the next call does.</param>
/// <param name="FailingFor">How long ago the first of the failures since the last success was; null where there is none.</param>
/// <param name="LastError">The last of these failures.</param>
/// <param name="NextAttemptIn">How long the server is still left alone after that.</param>
/// <param name="IsFetching">Whether an attempt is under way.</param>
internal sealed record TokenStatus(
    Freshness? Freshness, TimeSpan RenewsIn, TimeSpan? FailingFor, JwtGrantException? LastError, TimeSpan NextAttemptIn, bool IsFetching)
{
    public static TokenStatus Create(AccessToken? token, RefreshSchedule life, RefreshState? renewal, long now) => new(
        token is null ? null : life.At(now),
        token is null ? TimeSpan.Zero : TimeSpan.FromTicks(Math.Max(0, life.Due - now)),
        renewal?.Gate.FailingSince is { } since ? TimeSpan.FromTicks(now - since) : null,
        renewal?.Gate.LastError,
        renewal?.Gate.RemainingAt(now) ?? TimeSpan.Zero,
        renewal is { Flight: not null });
}
