using JwtGrantClient.Diagnostics;
using Microsoft.Extensions.Logging;
using Polly;
using Polly.Retry;
using Polly.Timeout;

namespace JwtGrantClient.TokenEndpoint;

/// <summary>
/// The pipeline around the wire attempt: 30 s for all, at most three retries after the first attempt, 1 s x 2^n with full jitter,
/// 10 s for each (REFRESH: one flight). Every attempt is made anew inside it.
/// </summary>
internal static class RetryPipeline
{
    private const int MaximumRetries = 3;
    private static readonly TimeSpan All = TimeSpan.FromSeconds(30), Each = TimeSpan.FromSeconds(10), FirstDelay = TimeSpan.FromSeconds(1);

    /// <param name="clock">Delays and deadlines.</param>
    /// <param name="random">Uniform in [0, 1).</param>
    /// <param name="logger">Told of each retry.</param>
    public static ResiliencePipeline Create(TimeProvider clock, Func<double> random, ILogger logger) =>
        new ResiliencePipelineBuilder { TimeProvider = clock, Name = "JwtGrantClient" }
            .AddTimeout(All)
            .AddRetry(new RetryStrategyOptions
            {
                MaxRetryAttempts = MaximumRetries,
                ShouldHandle = args => new(MayRetry(args, clock)),
                DelayGenerator = args => new(RetryAfter(args.Outcome.Exception) ?? FirstDelay * (Math.Pow(2, args.AttemptNumber) * random())),
                OnRetry = args =>
                {
                    Log.Retrying(logger, args.AttemptNumber + 2, args.RetryDelay, args.Outcome.Exception);
                    return default;
                },
            })
            .AddTimeout(Each)
            .Build();

    // A wait that outlasts the exchange ends it; the cache then leaves the server alone for as long as it asked.
    private static bool MayRetry(RetryPredicateArguments<object> args, TimeProvider clock) =>
        args.Context.Properties.TryGetValue(Exchange.Key, out var exchange)
        && exchange.MayBeSentAfter(args.Outcome.Exception)
        && !(RetryAfter(args.Outcome.Exception) > All - clock.GetElapsedTime(exchange.StartedAt));

    private static TimeSpan? RetryAfter(Exception? failure) => (failure as JwtGrantException)?.RetryAfter;
}
