namespace JwtGrantClient;

/// <summary>The state of a cached token.</summary>
public enum TokenState
{
    /// <summary>The token is valid, and no refresh is due.</summary>
    Fresh,

    /// <summary>The token is valid, and the next call refreshes it in the background.</summary>
    Stale,

    /// <summary>The token is no longer used. The next call acquires another one.</summary>
    Expired,

    /// <summary>No token is cached: it was not requested yet, or it was invalidated or revoked.</summary>
    Missing,
}

/// <summary>Whether a client gets its tokens. A later value is worse.</summary>
public enum TokenHealth
{
    /// <summary>Nothing has failed since the last success. No token may be cached, because none was requested for a while.</summary>
    Healthy,

    /// <summary>Only refreshes fail, and their tokens are valid.</summary>
    RefreshFails,

    /// <summary>There is no valid token, and acquiring one failed. The next call tries again.</summary>
    AcquisitionFailed,

    /// <summary>There is no valid token, and an attempt is under way or the backoff has not ended: calls fail.</summary>
    Unavailable,
}

/// <summary>The status of a client and of the token of one request, for status pages. It contains no secret. Its values are those of the moment when it was read.</summary>
public sealed class TokenStatus
{
    /// <summary>Gets whether the client gets its tokens. Health check and metrics have the same value.</summary>
    public TokenHealth Health { get; init; }

    /// <summary>Gets the state of the token. Default: <see cref="TokenState.Missing"/>.</summary>
    public TokenState State { get; init; } = TokenState.Missing;

    /// <summary>
    /// Gets for how long the token is used, which ends up to <see cref="RefreshOptions.ExpiryMargin"/> before it expires; zero if that time is over; null if
    /// there is no token.
    /// </summary>
    public TimeSpan? RemainingLifetime { get; init; }

    /// <summary>Gets the time until a call refreshes the token; zero if the next call does; null if there is no token.</summary>
    public TimeSpan? RefreshesIn { get; init; }

    /// <summary>Gets whether a refresh or an acquisition of the token is under way.</summary>
    public bool IsRefreshing { get; init; }

    /// <summary>Gets the number of failures since the last success.</summary>
    public int Failures { get; init; }

    /// <summary>Gets the time since the first of the failures; null if there is none.</summary>
    public TimeSpan? FailingFor { get; init; }

    /// <summary>Gets the last of the failures; null if there is none.</summary>
    public JwtGrantException? LastError { get; init; }

    /// <summary>Gets the time until the next attempt may start after a failure; zero if it may start now.</summary>
    public TimeSpan NextAttemptIn { get; init; }

    /// <summary>Gets the time since the client last got a token, for any request; null if it got none yet.</summary>
    public TimeSpan? SinceLastSuccess { get; init; }
}
