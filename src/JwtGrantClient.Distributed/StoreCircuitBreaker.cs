using Microsoft.Extensions.Logging;
using Polly;
using Polly.CircuitBreaker;

namespace JwtGrantClient.Distributed;

/// <summary>
/// Calls the store, unless it has failed too often: then it is left alone for <see cref="DistributedTokenOptions.BreakDuration"/>, and one
/// call finds out whether it is back.
/// </summary>
internal sealed class StoreCircuitBreaker
{
    private const string PipelineName = "JwtGrantClient.Distributed";

    private readonly ILogger _logger;
    private readonly ResiliencePipeline _pipeline;
    private bool _isFailing;

    public StoreCircuitBreaker(DistributedTokenOptions options, TimeProvider time, ILogger logger)
    {
        _logger = logger;
        _pipeline = new ResiliencePipelineBuilder { Name = PipelineName, TimeProvider = new MonotonicTimeProvider(time) }
            .AddCircuitBreaker(new CircuitBreakerStrategyOptions
            {
                FailureRatio = options.FailureRatio,
                MinimumThroughput = options.MinimumThroughput,
                SamplingDuration = options.SamplingDuration,
                BreakDuration = options.BreakDuration,
                // By default a cancellation counts as a success. Here it means that the store was too slow.
                ShouldHandle = static call => call.Outcome.Exception is null ? PredicateResult.False() : PredicateResult.True(),
                OnOpened = opened =>
                {
                    LogLeftAlone(opened.BreakDuration, opened.Outcome.Exception);
                    return default;
                },
                OnClosed = _ =>
                {
                    LogBack();
                    return default;
                },
            })
            .Build();
    }

    /// <summary>Calls the store, unless it is left alone.</summary>
    /// <param name="call">Makes the call. Static, so that a call allocates no closure.</param>
    /// <param name="state">What <paramref name="call"/> needs.</param>
    /// <param name="cancellationToken">Ends the call when the store takes too long; counts as its failure.</param>
    /// <returns>The store's answer; the default if it was not called.</returns>
    public async ValueTask<TResult?> CallAsync<TState, TResult>(
        Func<TState, CancellationToken, Task<TResult>> call, TState state, CancellationToken cancellationToken)
    {
        var context = ResilienceContextPool.Shared.Get(cancellationToken);
        try
        {
            var outcome = await _pipeline.ExecuteOutcomeAsync(
                static (context, work) => AttemptAsync(work.call, work.state, context.CancellationToken), context, (call, state)).ConfigureAwait(false);
            if (IsOwnRejection(outcome.Exception))
                return default;
            outcome.ThrowIfException();
            return outcome.Result;
        }
        finally
        {
            ResilienceContextPool.Shared.Return(context);
        }
    }

    private static async ValueTask<Outcome<TResult>> AttemptAsync<TState, TResult>(
        Func<TState, CancellationToken, Task<TResult>> call, TState state, CancellationToken cancellationToken)
    {
        Task<TResult>? running = null;
        try
        {
            running = call(state, cancellationToken);
            // A client of the store may not react to its cancellation once the request is on its way.
            return Outcome.FromResult(await running.WaitAsync(cancellationToken).ConfigureAwait(false));
        }
#pragma warning disable CA1031 // Whatever the store throws.
        catch (Exception e)
#pragma warning restore CA1031
        {
            // If it fails later, its exception counts as observed.
            _ = running?.ContinueWith(
                static ended => ended.Exception, CancellationToken.None, TaskContinuationOptions.OnlyOnFaulted, TaskScheduler.Default);
            return Outcome.FromException<TResult>(e);
        }
    }

    // The store may have a circuit breaker of its own. Its rejection is a failure of the store like any other.
    private static bool IsOwnRejection(Exception? failure) => failure is BrokenCircuitException { TelemetrySource.PipelineName: PipelineName };

    // Every failed attempt to use the store again opens the circuit again; only the first is logged. Polly runs these two one at a time.
    private void LogLeftAlone(TimeSpan duration, Exception? reason)
    {
        if (!_isFailing)
            Log.StoreLeftAlone(_logger, duration, reason);
        _isFailing = true;
    }

    private void LogBack()
    {
        _isFailing = false;
        Log.StoreIsBack(_logger);
    }
}
