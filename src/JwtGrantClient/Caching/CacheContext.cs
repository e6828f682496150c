using JwtGrantClient.Diagnostics;
using JwtGrantClient.TokenEndpoint;
using Microsoft.Extensions.Logging;

namespace JwtGrantClient.Caching;

/// <summary>The data that all entries of one cache share.</summary>
/// <param name="Client">The client's name, for logs and metrics.</param>
/// <param name="Source">Acquires tokens.</param>
/// <param name="Pipeline">Applies the total timeout to each acquisition.</param>
/// <param name="Time">The wall clock: the time when a token was issued.</param>
/// <param name="Clock">The clock for all scheduling.</param>
/// <param name="Random">Uniform in [0, 1).</param>
/// <param name="Metrics">The metrics of the client.</param>
/// <param name="Logger">Logs acquisitions and failures.</param>
internal sealed record CacheContext(
    string Client,
    ITokenAcquirer Source,
    TokenRequestPipeline Pipeline,
    TimeProvider Time,
    CoarseClock Clock,
    Func<double> Random,
    ClientMetrics Metrics,
    ILogger Logger)
{
    /// <summary>Gets when tokens are refreshed. Like the other options, it is validated and does not change.</summary>
    public required RefreshOptions Refresh { get; init; }

    /// <summary>Gets the waits after failures.</summary>
    public BackoffOptions Backoff { get; init; } = new();

    /// <summary>Gets the size of the cache.</summary>
    public CacheOptions Cache { get; init; } = new();

    /// <summary>Gets the issuer, or the token endpoint if there is none, for the log.</summary>
    public string Server { get; init; } = "";

    /// <summary>Gets the acquisitions of all entries.</summary>
    public ClientAcquisitions Acquisitions { get; } = new(Client, Clock, Time, Logger);

    /// <summary>Gets whether a token is for one request only, so that no entry keeps it.</summary>
    public bool IsSingleUse { get; init; }

    /// <summary>Gets the shared token store; null if there is none.</summary>
    public SharedTokens? Shared { get; init; }

    /// <summary>Gets the method that starts background work. Default: on the thread pool.</summary>
    public Action<Action> Start { get; init; } = BackgroundWork.OnThreadPool;

    /// <summary>Gets the token that cancels acquisitions when the cache is disposed.</summary>
    public CancellationToken Disposed { get; init; }
}
