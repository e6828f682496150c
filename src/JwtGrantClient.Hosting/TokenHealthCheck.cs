using JwtGrantClient.Setup;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace JwtGrantClient.Hosting;

/// <summary>
/// Reports what failed since a client last got a token, and the status of given tokens. It never calls the server, and its data contains no secret.
/// </summary>
internal sealed class TokenHealthCheck(string client, IReadOnlyList<TokenRequest> requests, ClientRegistry clients, TimeProvider time) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        var failureStatus = context.Registration.FailureStatus;
        try
        {
            var tokens = clients.Get(client).Tokens;
            return Task.FromResult(CreateResult([.. requests.Select(tokens.GetStatus)], failureStatus));
        }
        catch (JwtGrantException e)
        {
            // The options or the key are not valid, so no request can get a token.
            var data = new Dictionary<string, object> { ["state"] = "none", ["lastErrorCode"] = e.Code };
            return Task.FromResult(new HealthCheckResult(failureStatus, e.Message, data: data));
        }
    }

    // Of several tokens, what is worst.
    private HealthCheckResult CreateResult(IReadOnlyList<TokenStatus> tokens, HealthStatus failureStatus)
    {
        var state = tokens.Max(token => token.State) switch
        {
            TokenState.Fresh => "valid",
            TokenState.Stale => "stale",
            TokenState.Expired => "expired",
            _ => "none",
        };
        var data = new Dictionary<string, object> { ["state"] = state };
        var worst = tokens.MaxBy(token => token.Health)!;
        // A stale or expired token without an error is healthy: the application has requested no token for a while, and the next call refreshes it.
        return worst.Health == TokenHealth.Healthy
            ? HealthCheckResult.Healthy($"The token's state is '{state}', and nothing has failed since the last success.", data)
            : CreateFailingResult(worst, failureStatus, data);
    }

    private HealthCheckResult CreateFailingResult(TokenStatus status, HealthStatus failureStatus, Dictionary<string, object> data)
    {
        var (now, error) = (time.GetUtcNow(), status.LastError!);
        data["failingSince"] = now - status.FailingFor!.Value;
        data["failures"] = status.Failures;
        data["lastErrorCode"] = error.Code;
        if (error.Error is { } oauthError)
            data["lastError"] = oauthError;
        data["nextAttempt"] = now + status.NextAttemptIn;
        // Degraded once the backoff has ended. A pod that gets no requests while it is unhealthy would otherwise never try again and never recover.
        return status.Health switch
        {
            TokenHealth.Unavailable => new(failureStatus, "There is no valid token, and acquiring one fails.", data: data),
            TokenHealth.RefreshFails => HealthCheckResult.Degraded("The token is valid, but refreshing it fails.", data: data),
            _ => HealthCheckResult.Degraded("There is no valid token, and acquiring one failed; the next request tries again.", data: data),
        };
    }
}
