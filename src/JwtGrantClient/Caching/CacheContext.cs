using JwtGrantClient.Diagnostics;
using JwtGrantClient.TokenEndpoint;
using Microsoft.Extensions.Logging;

namespace JwtGrantClient.Caching;

/// <summary>What all entries of one cache share.</summary>
/// <param name="Client">The client's name, for logs and metrics.</param>
/// <param name="Source">Where tokens come from.</param>
/// <param name="Pipeline">Sets the total timeout of each acquisition.</param>
/// <param name="Time">The wall clock: when a token that came from elsewhere was issued.</param>
/// <param name="Clock">The cache's own time: all scheduling.</param>
/// <param name="Random">Uniform in [0, 1).</param>
/// <param name="Metrics">Counts acquisitions and waits.</param>
/// <param name="Logger">Told of acquisitions and failures.</param>
internal sealed record CacheContext(
    string Client,
    ITokenAcquirer Source,
    TokenRequestPipeline Pipeline,
    TimeProvider Time,
    CoarseClock Clock,
    Func<double> Random,
    TokenMetrics Metrics,
    ILogger Logger)
{
    /// <summary>When a token is refreshed; validated and not changed any more, like the other options here.</summary>
    public required RefreshOptions Refresh { get; init; }

    /// <summary>How long the server is left alone after a failure.</summary>
    public BackoffOptions Backoff { get; init; } = new();

    /// <summary>How many tokens are kept.</summary>
    public CacheOptions Cache { get; init; } = new();

    /// <summary>The second level; null where there is none.</summary>
    public SharedTokens? Shared { get; init; }

    /// <summary>Starts work that belongs to no caller. Default: on the thread pool.</summary>
    public Action<Action> Start { get; init; } = BackgroundWork.OnThreadPool;

    /// <summary>Ends acquisitions when the cache is disposed; nothing else does.</summary>
    public CancellationToken Disposed { get; init; }
}
