namespace JwtGrantClient.Caching;

/// <summary>Composes the status of a token from that of its entry and that of the client.</summary>
internal static class StatusComposition
{
    /// <summary>Returns the status. Of two failures it has the worse one.</summary>
    public static TokenStatus Compose(ClientStatus client, EntryStatus entry)
    {
        var health = client.LastError is null ? TokenHealth.Healthy : HealthOf(client.IsUnavailable, client.OnlyRefreshesFailed);
        // A failure that concerns the client is part of its status, and the success of another request may have followed.
        var usesEntry = false;
        if (entry.LastError is not null && FailureScope.IsOfOneRequest(entry.LastError))
        {
            var hasToken = entry.Freshness is Freshness.Fresh or Freshness.Stale;
            var own = HealthOf(!hasToken && (entry.IsRefreshing || entry.NextAttemptIn > TimeSpan.Zero), hasToken);
            (health, usesEntry) = own > health ? (own, true) : (health, false);
        }
        return new()
        {
            Health = health,
            State = entry.Freshness switch
            {
                Freshness.Fresh => TokenState.Fresh,
                Freshness.Stale => TokenState.Stale,
                Freshness.Expired => TokenState.Expired,
                _ => TokenState.Missing,
            },
            RemainingLifetime = entry.ExpiresIn,
            RefreshesIn = entry.ExpiresIn is null ? null : entry.RefreshesIn,
            IsRefreshing = entry.IsRefreshing,
            Failures = usesEntry ? entry.Failures : client.Failures,
            FailingFor = usesEntry ? entry.FailingFor : client.FailingFor,
            LastError = usesEntry ? entry.LastError : client.LastError,
            NextAttemptIn = usesEntry ? entry.NextAttemptIn : client.NextAttemptIn,
            SinceLastSuccess = client.SinceLastSuccess,
        };
    }

    private static TokenHealth HealthOf(bool isUnavailable, bool onlyRefreshesFail) =>
        isUnavailable ? TokenHealth.Unavailable
        : onlyRefreshesFail ? TokenHealth.RefreshFails
        : TokenHealth.AcquisitionFailed;
}
