using JwtGrantClient.TokenEndpoint;
using Microsoft.Extensions.Logging;
using Polly;
using Polly.CircuitBreaker;

namespace JwtGrantClient.Distributed;

/// <summary>
/// Calls the store through a circuit breaker. After too many failures, the store is not called for
/// <see cref="DistributedTokenOptions.BreakDuration"/>; then one call tries it again.
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
                // By default a cancellation counts as a success. Here it means that the store did not respond in time.
                ShouldHandle = static call => call.Outcome.Exception is null ? PredicateResult.False() : PredicateResult.True(),
                OnOpened = opened =>
                {
                    LogOpened(opened.BreakDuration, opened.Outcome.Exception);
                    return default;
                },
                OnClosed = _ =>
                {
                    LogClosed();
                    return default;
                },
            })
            .Build();
    }

    /// <summary>Calls the store, unless the circuit breaker is open.</summary>
    /// <param name="call">Makes the call. Use a static lambda, which allocates no closure.</param>
    /// <param name="state">The argument of <paramref name="call"/>.</param>
    /// <param name="cancellationToken">Cancels the call when the store takes too long. A canceled call counts as failed.</param>
    /// <returns>The store's result; the default value if the store was not called.</returns>
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
            // Some store clients ignore the cancellation of a request that is already sent.
            return Outcome.FromResult(await running.WaitAsync(cancellationToken).ConfigureAwait(false));
        }
#pragma warning disable CA1031 // The store may throw any exception.
        catch (Exception e)
#pragma warning restore CA1031
        {
            // The call may fail later. Its exception is observed here, so that it does not reach TaskScheduler.UnobservedTaskException.
            _ = running?.ContinueWith(
                static ended => ended.Exception, CancellationToken.None, TaskContinuationOptions.OnlyOnFaulted, TaskScheduler.Default);
            return Outcome.FromException<TResult>(e);
        }
    }

    // The store may have its own circuit breaker. A rejection by that one is a failure of the store.
    private static bool IsOwnRejection(Exception? failure) => failure is BrokenCircuitException { TelemetrySource.PipelineName: PipelineName };

    // The circuit opens again after each failed trial call, so only the first opening is logged. Polly does not run these callbacks concurrently.
    private void LogOpened(TimeSpan duration, Exception? reason)
    {
        if (!_isFailing)
            Log.CircuitOpened(_logger, duration, new(reason));
        _isFailing = true;
    }

    private void LogClosed()
    {
        _isFailing = false;
        Log.CircuitClosed(_logger);
    }
}
