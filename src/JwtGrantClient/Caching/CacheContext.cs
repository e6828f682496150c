using JwtGrantClient.Diagnostics;
using Microsoft.Extensions.Logging;

namespace JwtGrantClient.Caching;

/// <summary>What all slots of one cache share.</summary>
/// <param name="Client">The client's name, for logs and metrics.</param>
/// <param name="Source">Where tokens come from.</param>
/// <param name="Time">The wall clock: when a token that came from elsewhere was issued.</param>
/// <param name="Clock">The cache's own time: all scheduling.</param>
/// <param name="Refresh">The rule's numbers.</param>
/// <param name="Random">Uniform in [0, 1).</param>
/// <param name="Metrics">Counts acquisitions and waits.</param>
/// <param name="Logger">Told of acquisitions and failures.</param>
internal sealed record CacheContext(
    string Client,
    ITokenSource Source,
    TimeProvider Time,
    CheapClock Clock,
    RefreshSettings Refresh,
    Func<double> Random,
    TokenMetrics Metrics,
    ILogger Logger)
{
    /// <summary>Ends flights when the cache is disposed; nothing else does.</summary>
    public CancellationToken Disposed { get; init; }
}
