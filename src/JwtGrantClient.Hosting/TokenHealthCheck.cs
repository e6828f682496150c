using JwtGrantClient.Caching;
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
            return Task.FromResult(CreateResult(clients.Get(client).Tokens.Status(requests), failureStatus));
        }
        catch (JwtGrantException e)
        {
            // The options or the key are not valid, so no request can get a token.
            var data = new Dictionary<string, object> { ["state"] = "none", ["lastErrorCode"] = e.Code };
            return Task.FromResult(new HealthCheckResult(failureStatus, e.Message, data: data));
        }
    }

    private HealthCheckResult CreateResult(ClientStatus status, HealthStatus failureStatus)
    {
        var state = StateOf(status.Tokens);
        var data = new Dictionary<string, object> { ["state"] = state };
        // A stale or expired token without an error is healthy: the application has requested no token for a while, and the next call refreshes it.
        return Failure.Worst(status) is { } failure
            ? CreateFailingResult(failure, failureStatus, data)
            : HealthCheckResult.Healthy($"The token's state is '{state}', and nothing has failed since the last success.", data);
    }

    // Of several tokens, that of the worst.
    private static string StateOf(IReadOnlyList<TokenStatus> tokens) => tokens.Max(token => token.Freshness switch
    {
        Freshness.Fresh => 0,
        Freshness.Stale => 1,
        Freshness.Expired => 2,
        _ => 3,
    }) switch
    {
        0 => "valid",
        1 => "stale",
        2 => "expired",
        _ => "none",
    };

    private HealthCheckResult CreateFailingResult(Failure failure, HealthStatus failureStatus, Dictionary<string, object> data)
    {
        var now = time.GetUtcNow();
        data["failingSince"] = now - failure.FailingFor;
        data["failures"] = failure.Failures;
        data["lastErrorCode"] = failure.Error.Code;
        if (failure.Error.Error is { } oauthError)
            data["lastError"] = oauthError;
        data["nextAttempt"] = now + failure.NextAttemptIn;
        // Degraded once the backoff has ended. A pod that gets no requests while it is unhealthy would otherwise never try again and never recover.
        return failure.IsUnavailable ? new(failureStatus, "There is no valid token, and acquiring one fails.", data: data)
            : failure.OnlyRefreshesFailed ? HealthCheckResult.Degraded("The token is valid, but refreshing it fails.", data: data)
            : HealthCheckResult.Degraded("There is no valid token, and acquiring one failed; the next request tries again.", data: data);
    }

    /// <summary>What fails: the client, or the token of one request.</summary>
    private sealed record Failure(int Failures, TimeSpan FailingFor, JwtGrantException Error, TimeSpan NextAttemptIn, bool IsUnavailable, bool OnlyRefreshesFailed)
    {
        public static Failure? Worst(ClientStatus status) =>
            All(status).OrderByDescending(failure => failure.IsUnavailable).ThenBy(failure => failure.OnlyRefreshesFailed).FirstOrDefault();

        private static IEnumerable<Failure> All(ClientStatus status)
        {
            if (status is { LastError: { } error, FailingFor: { } failingFor })
                yield return new(status.Failures, failingFor, error, status.NextAttemptIn, status.IsUnavailable, status.OnlyRefreshesFailed);
            // A failure that concerns the client is part of its status, and the success of another request may have followed.
            foreach (var token in status.Tokens)
                if (token is { LastError: { } own, FailingFor: { } ownFor } && FailureScope.IsOfOneRequest(own))
                    yield return From(token, own, ownFor);
        }

        private static Failure From(TokenStatus token, JwtGrantException error, TimeSpan failingFor)
        {
            var hasToken = token.Freshness is Freshness.Fresh or Freshness.Stale;
            return new(
                token.Failures, failingFor, error, token.NextAttemptIn,
                !hasToken && (token.IsRefreshing || token.NextAttemptIn > TimeSpan.Zero), hasToken);
        }
    }
}
