using JwtGrantClient.Diagnostics;
using Microsoft.Extensions.Logging;

namespace JwtGrantClient.Caching;

/// <summary>What all slots of one cache share.</summary>
/// <param name="Client">The client's name, for logs and metrics.</param>
/// <param name="Source">Where tokens come from.</param>
/// <param name="Time">The wall clock: when a token that came from elsewhere was issued. Also the flights' deadlines.</param>
/// <param name="Clock">The cache's own time: all scheduling.</param>
/// <param name="Refresh">When a token is renewed.</param>
/// <param name="Random">Uniform in [0, 1).</param>
/// <param name="Metrics">Counts acquisitions and waits.</param>
/// <param name="Logger">Told of acquisitions and failures.</param>
internal sealed record CacheContext(
    string Client,
    ITokenSource Source,
    TimeProvider Time,
    CoarseClock Clock,
    RefreshSettings Refresh,
    Func<double> Random,
    TokenMetrics Metrics,
    ILogger Logger)
{
    public GateSettings Gates { get; init; } = GateSettings.Of(new());

    public TableSettings Table { get; init; } = TableSettings.Of(new());

    /// <summary>How long an acquisition may take, retries included.</summary>
    public TimeSpan TotalTimeout { get; init; } = new RetryOptions().TotalTimeout;

    /// <summary>The second level; null where there is none.</summary>
    public SharedTokens? Shared { get; init; }

    /// <summary>Starts work that belongs to no caller. Default: on the thread pool.</summary>
    public Action<Action> Start { get; init; } = Detached.OnThreadPool;

    /// <summary>Ends flights when the cache is disposed; nothing else does.</summary>
    public CancellationToken Disposed { get; init; }
}
