namespace JwtGrantClient.Caching;

/// <summary>Composes the status of a token from that of its entry and that of the client.</summary>
internal static class StatusComposition
{
    /// <summary>Returns the status. Of two failures it has the worse one.</summary>
    public static TokenStatus Compose(ClientStatus client, EntryStatus entry)
    {
        var all = new TokenStatus
        {
            Health = client.LastError is null ? TokenHealth.Healthy : HealthOf(client.IsUnavailable, client.OnlyRefreshesFailed),
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
            Failures = client.Failures,
            FailingFor = client.FailingFor,
            LastError = client.LastError,
            NextAttemptIn = client.NextAttemptIn,
            SinceLastSuccess = client.SinceLastSuccess,
        };
        // A failure that concerns the client is part of its status, and the success of another request may have followed.
        if (entry.LastError is null || !FailureScope.IsOfOneRequest(entry.LastError))
            return all;
        var hasToken = entry.Freshness is Freshness.Fresh or Freshness.Stale;
        var own = HealthOf(!hasToken && (entry.IsRefreshing || entry.NextAttemptIn > TimeSpan.Zero), hasToken);
        return own <= all.Health ? all : new()
        {
            Health = own,
            State = all.State,
            RemainingLifetime = all.RemainingLifetime,
            RefreshesIn = all.RefreshesIn,
            IsRefreshing = all.IsRefreshing,
            Failures = entry.Failures,
            FailingFor = entry.FailingFor,
            LastError = entry.LastError,
            NextAttemptIn = entry.NextAttemptIn,
            SinceLastSuccess = all.SinceLastSuccess,
        };
    }

    private static TokenHealth HealthOf(bool isUnavailable, bool onlyRefreshesFail) =>
        isUnavailable ? TokenHealth.Unavailable
        : onlyRefreshesFail ? TokenHealth.RefreshFails
        : TokenHealth.AcquisitionFailed;
}
