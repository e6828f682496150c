using JwtGrantClient.Caching;
using JwtGrantClient.Setup;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace JwtGrantClient.Hosting;

/// <summary>Tells how a client's token stands, from memory: it never calls the server, and nothing that it tells is secret.</summary>
internal sealed class TokenHealthCheck(string client, ClientRegistry clients, TimeProvider time) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        var failure = context.Registration.FailureStatus;
        try
        {
            return Task.FromResult(Of(clients.Get(client).Tokens.Status(), failure));
        }
        catch (JwtGrantException e)
        {
            // The settings or the key: no request could have a token.
            var data = new Dictionary<string, object> { ["state"] = "none", ["lastErrorCode"] = e.Code };
            return Task.FromResult(new HealthCheckResult(failure, e.Message, data: data));
        }
    }

    private HealthCheckResult Of(TokenStatus status, HealthStatus failure)
    {
        var state = status.Freshness switch
        {
            null => "none",
            Freshness.Fresh => "valid",
            Freshness.Stale => "stale",
            _ => "expired",
        };
        var data = new Dictionary<string, object> { ["state"] = state };
        // An application that asks for no token lets it go stale and expire: that is no failure, and the next call cures it.
        return status is { LastError: { } error, FailingFor: { } failingFor }
            ? Failing(status, error, failingFor, failure, data)
            : HealthCheckResult.Healthy($"The token's state is '{state}', and nothing has failed since the last success.", data);
    }

    private HealthCheckResult Failing(
        TokenStatus status, JwtGrantException error, TimeSpan failingFor, HealthStatus failure, Dictionary<string, object> data)
    {
        var now = time.GetUtcNow();
        data["failingSince"] = now - failingFor;
        data["lastErrorCode"] = error.Code;
        if (error.Error is { } oauth)
            data["lastError"] = oauth;
        data["nextAttempt"] = now + status.NextAttemptIn;
        if (status.Freshness is Freshness.Fresh or Freshness.Stale)
            return HealthCheckResult.Degraded("The token is valid, but its renewal fails.", data: data);
        // Not unhealthy for good: a pod that gets no requests for being unhealthy would make no further attempt, and never recover.
        return status.IsRefreshing || status.NextAttemptIn > TimeSpan.Zero
            ? new(failure, "There is no valid token, and acquiring one fails.", data: data)
            : HealthCheckResult.Degraded("There is no valid token, and acquiring one failed; the next request tries again.", data: data);
    }
}
