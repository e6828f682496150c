using JwtGrantClient.Caching;
using JwtGrantClient.Setup;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace JwtGrantClient.Hosting;

/// <summary>Reports the status of a client's cached token. It never calls the server, and its data contains no secret.</summary>
internal sealed class TokenHealthCheck(string client, ClientRegistry clients, TimeProvider time) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        var failureStatus = context.Registration.FailureStatus;
        try
        {
            return Task.FromResult(CreateResult(clients.Get(client).Tokens.Status(), failureStatus));
        }
        catch (JwtGrantException e)
        {
            // The options or the key are not valid, so no request can get a token.
            var data = new Dictionary<string, object> { ["state"] = "none", ["lastErrorCode"] = e.Code };
            return Task.FromResult(new HealthCheckResult(failureStatus, e.Message, data: data));
        }
    }

    private HealthCheckResult CreateResult(TokenStatus status, HealthStatus failureStatus)
    {
        var state = status.Freshness switch
        {
            null => "none",
            Freshness.Fresh => "valid",
            Freshness.Stale => "stale",
            _ => "expired",
        };
        var data = new Dictionary<string, object> { ["state"] = state };
        // A stale or expired token without an error is healthy: the application has requested no token for a while, and the next call refreshes it.
        return status is { LastError: { } error, FailingFor: { } failingFor }
            ? CreateFailingResult(status, error, failingFor, failureStatus, data)
            : HealthCheckResult.Healthy($"The token's state is '{state}', and nothing has failed since the last success.", data);
    }

    private HealthCheckResult CreateFailingResult(
        TokenStatus status, JwtGrantException error, TimeSpan failingFor, HealthStatus failureStatus, Dictionary<string, object> data)
    {
        var now = time.GetUtcNow();
        data["failingSince"] = now - failingFor;
        data["lastErrorCode"] = error.Code;
        if (error.Error is { } oauthError)
            data["lastError"] = oauthError;
        data["nextAttempt"] = now + status.NextAttemptIn;
        if (status.Freshness is Freshness.Fresh or Freshness.Stale)
            return HealthCheckResult.Degraded("The token is valid, but refreshing it fails.", data: data);
        // Degraded once the backoff has ended. A pod that gets no requests while it is unhealthy would otherwise never try again and never recover.
        return status.IsRefreshing || status.NextAttemptIn > TimeSpan.Zero
            ? new(failureStatus, "There is no valid token, and acquiring one fails.", data: data)
            : HealthCheckResult.Degraded("There is no valid token, and acquiring one failed; the next request tries again.", data: data);
    }
}
