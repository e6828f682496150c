namespace JwtGrantClient.Caching;

/// <summary>The status of a client over all its entries. It contains no secret.</summary>
internal sealed record ClientStatus
{
    /// <summary>
    /// Gets the number of failures since an entry last got a token. A failure that concerns a single request, such as invalid_grant for one user, counts
    /// only for the client as configured.
    /// </summary>
    public int Failures { get; init; }

    /// <summary>Gets the time since the first of these failures; null if there is none.</summary>
    public TimeSpan? FailingFor { get; init; }

    /// <summary>Gets the last of these failures; null if there is none.</summary>
    public JwtGrantException? LastError { get; init; }

    /// <summary>Gets the time until the next attempt after a failure.</summary>
    public TimeSpan NextAttemptIn { get; init; }

    /// <summary>
    /// Gets whether calls have no token now: after a failure without a valid token, an acquisition is in progress or the backoff has not ended.
    /// </summary>
    public bool IsUnavailable { get; init; }

    /// <summary>Gets whether all of the failures are those of refreshes, whose tokens were still valid.</summary>
    public bool OnlyRefreshesFailed { get; init; }

    /// <summary>Gets the time since an entry last got a token; null if none did.</summary>
    public TimeSpan? SinceLastSuccess { get; init; }

    /// <summary>Gets the time since the last of the failures, also if a success has followed; null if none failed.</summary>
    public TimeSpan? SinceLastFailure { get; init; }
}
