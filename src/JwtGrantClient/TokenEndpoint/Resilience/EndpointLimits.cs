using System.Runtime.CompilerServices;
using JwtGrantClient.Diagnostics;
using Microsoft.Extensions.Logging;
using Polly;
using Polly.CircuitBreaker;
using Polly.Timeout;

namespace JwtGrantClient.TokenEndpoint;

/// <summary>
/// Limits the requests to one endpoint, for all clients that share it: the Retry-After of the server, the number of requests under way, a circuit breaker
/// and a budget for retries. So a server that fails gets few requests, however many users and tenants want a token.
/// </summary>
internal sealed class EndpointLimits
{
    // So that the processes that got the same Retry-After do not return at the same time.
    private const double RetryAfterSpread = 0.1;

    // Retries add at most a tenth to the requests, and one per second, so that a process with few clients may always retry.
    private const double MaxRetries = 10, RetriesPerRequest = 0.1, RetriesPerSecond = 1;

    private readonly TimeProvider _clock;
    private readonly long _start;
    private readonly Func<double> _random;
    private readonly Lock _lock = new();
    private readonly Dictionary<string, TimeSpan> _clientsWaitUntil = new(StringComparer.Ordinal);
    private readonly ResiliencePipeline _circuitBreaker;
    private readonly CircuitBreakerStateProvider _circuit = new();
    private bool _isFailing;
    private JwtGrantException? _lastFailure;
    private TimeSpan? _openUntil;
    private TimeSpan _allWaitUntil, _lastRefill;
    private double _retries = MaxRetries;

    public EndpointLimits(string endpoint, EndpointLimitOptions options, TimeProvider clock, Func<double> random, ILogger logger)
    {
        (Options, _clock, _start, _random) = (options, clock, clock.GetTimestamp(), random);
        Requests = new(options.MaxConcurrentRequests);
        _circuitBreaker = new ResiliencePipelineBuilder { TimeProvider = new MonotonicTimeProvider(clock) }
            .AddCircuitBreaker(new CircuitBreakerStrategyOptions
            {
                FailureRatio = options.FailureRatio,
                MinimumThroughput = options.MinimumThroughput,
                SamplingDuration = options.SamplingDuration,
                BreakDuration = options.BreakDuration,
                ShouldHandle = static request => new(request.Outcome.Exception is not null),
                StateProvider = _circuit,
                OnOpened = opened =>
                {
                    // The circuit opens again after each failed trial, so only the first opening is logged.
                    if (!_isFailing)
                        Log.CircuitOpened(logger, endpoint, options.BreakDuration, new(opened.Outcome.Exception));
                    _isFailing = true;
                    return default;
                },
                OnClosed = _ =>
                {
                    _isFailing = false;
                    Log.CircuitClosed(logger, endpoint);
                    return default;
                },
            })
            .Build();
    }

    public EndpointLimitOptions Options { get; }

    /// <summary>Gets the semaphore that each request enters. It has no handle to dispose.</summary>
    public SemaphoreSlim Requests { get; }

    /// <summary>Gets whether the circuit breaker is open: no request is sent, or one that tries the endpoint.</summary>
    public bool IsCircuitOpen => _circuit.CircuitState != CircuitState.Closed;

    private TimeSpan Now => _clock.GetElapsedTime(_start);

    /// <summary>Counts a request that is not a retry.</summary>
    public void OnFirstAttempt()
    {
        lock (_lock)
            Refill(RetriesPerRequest);
    }

    /// <summary>Returns whether the budget allows a retry, and uses one.</summary>
    public bool TryRetry()
    {
        lock (_lock)
        {
            Refill(0);
            var isAllowed = _retries >= 1;
            if (isAllowed)
                _retries--;
            return isAllowed;
        }
    }

    /// <summary>Returns why the next attempt may not be made now; null if it may.</summary>
    public JwtGrantException? Check(string? clientId, RequestAttempts attempts)
    {
        lock (_lock)
        {
            var now = Now;
            attempts.IsTrial = _circuit.CircuitState != CircuitState.Closed;
            if (!attempts.IsTrial)
                _openUntil = null;
            else if (now < (_openUntil ??= now + Options.BreakDuration))
                return TokenRequestErrors.CircuitOpen(_openUntil.Value - now, _lastFailure);
            var until = clientId is not null && _clientsWaitUntil.TryGetValue(clientId, out var own) && own > _allWaitUntil ? own : _allWaitUntil;
            if (until > now && !attempts.TakesPrecedence)
                return TokenRequestErrors.WaitRequested(until - now);
            // One request tries the endpoint. If it gets no result, another one follows after the same time.
            if (attempts.IsTrial)
                _openUntil = now + Options.BreakDuration;
            return null;
        }
    }

    /// <summary>
    /// Records the result of an attempt for the circuit breaker. The attempt itself does not run inside of it, because that would allocate further for each
    /// one. While the circuit is open, the results of the requests that were sent before do not count.
    /// </summary>
    public async ValueTask RecordAsync(Exception? result, RequestAttempts attempts)
    {
        if (!attempts.IsTrial && _circuit.CircuitState != CircuitState.Closed)
            return;
        var failure = IsFailureOfEndpoint(result, attempts) ? result : null;
        var context = ResilienceContextPool.Shared.Get(CancellationToken.None);
        // The result is an object, like that of the breaker: a native program has a copy of each method of Polly for another type.
        await _circuitBreaker.ExecuteOutcomeAsync<object?, Exception?>(
            static (_, failure) => new(failure is null ? Outcome.FromResult<object?>(null) : Outcome.FromException<object?>(failure)), context, failure).ConfigureAwait(false);
        ResilienceContextPool.Shared.Return(context);
        if (failure is null)
            return;
        lock (_lock)
        {
            _lastFailure = failure as JwtGrantException ?? _lastFailure;
            if (attempts.IsTrial)
                _openUntil = Now + Options.BreakDuration;
        }
    }

    /// <summary>Records the Retry-After of a response: with 503 it concerns the whole endpoint, with 429 the client.</summary>
    public void OnFailed(JwtGrantException error, string? clientId)
    {
        if (error is not { RetryAfter: { Ticks: > 0 } retryAfter, StatusCode: 429 or 503, IsOfInput: false })
            return;
        lock (_lock)
        {
            var until = Now + retryAfter * (1 + RetryAfterSpread * _random());
            if (error.StatusCode == 503)
                _allWaitUntil = until > _allWaitUntil ? until : _allWaitUntil;
            else if (clientId is not null)
                SetClientWait(clientId, until);
        }
    }

    // 4xx responses concern one client, and must not stop the requests of the others.
    private static bool IsFailureOfEndpoint(Exception? failure, RequestAttempts attempts) => failure switch
    {
        // The endpoint of another client failed.
        JwtGrantException { IsOfInput: true } => false,
        JwtGrantException { StatusCode: { } status } => status >= 500,
        JwtGrantException error => error.Code is TransientErrors.Unreachable or TransientErrors.ConnectionFailed,
        // A signer or an assertion provider that takes too long says nothing about the endpoint.
        TimeoutRejectedException => !attempts.IsPreparing,
        // A custom pipeline reports its timeout as a cancellation.
        OperationCanceledException => !attempts.IsPreparing && !attempts.Cancellation.IsCancellationRequested,
        _ => false,
    };

    private void SetClientWait(string clientId, TimeSpan until)
    {
        foreach (var (client, end) in _clientsWaitUntil)
            if (end <= Now)
                _clientsWaitUntil.Remove(client);
        if (!_clientsWaitUntil.TryGetValue(clientId, out var current) || until > current)
            _clientsWaitUntil[clientId] = until;
    }

    private void Refill(double added)
    {
        var now = Now;
        _retries = Math.Min(MaxRetries, _retries + added + (now - _lastRefill).TotalSeconds * RetriesPerSecond);
        _lastRefill = now;
    }
}

/// <summary>Applies the limits of an endpoint to each attempt of one client. It is inside retries, and outside the timeout of an attempt.</summary>
/// <param name="limits">The limits of the endpoint.</param>
/// <param name="clientId">The client id at the endpoint; null if the client has none.</param>
/// <param name="clock">Measures the wait for other requests.</param>
/// <param name="totalTimeout">The time of the whole token request.</param>
internal sealed class EndpointLimitStrategy(EndpointLimits limits, string? clientId, TimeProvider clock, TimeSpan totalTimeout) : ResilienceStrategy
{
    // Requests that wait get their turn in the order of their deadlines. One that is sent shortly before its deadline is canceled before the response, and
    // so is the next one: the endpoint would get all of them in vain.
    private readonly TimeSpan _longestWait = totalTimeout * 0.9;

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    protected override async ValueTask<Outcome<TResult>> ExecuteCore<TResult, TState>(
        Func<ResilienceContext, TState, ValueTask<Outcome<TResult>>> callback, ResilienceContext context, TState state)
    {
        var attempts = RequestAttempts.Of(context);
        try
        {
            // Before the wait: a request that waits for another client at the same endpoint must not take the place of that client's request.
            if (attempts.Inputs is { } inputs)
                await inputs.AcquireAsync(context.CancellationToken).ConfigureAwait(context.ContinueOnCapturedContext);
        }
        catch (Exception e) when (e is JwtGrantException or OperationCanceledException)
        {
            return Outcome.FromException<TResult>(e);
        }
        var hasWaited = limits.Requests.CurrentCount == 0;
        try
        {
            attempts.IsQueued = true;
            await limits.Requests.WaitAsync(context.CancellationToken).ConfigureAwait(context.ContinueOnCapturedContext);
            attempts.IsQueued = false;
        }
        catch (OperationCanceledException e)
        {
            return Outcome.FromException<TResult>(e);
        }
        try
        {
            if (clock.GetElapsedTime(attempts.StartedAt) is var elapsed && elapsed > _longestWait && hasWaited)
                return Outcome.FromException<TResult>(TokenRequestErrors.Busy(elapsed, attempts, limits.Options));
            // After the wait, because the requests before this one may have failed.
            if (limits.Check(clientId, attempts) is { } rejection)
                return Outcome.FromException<TResult>(rejection);
            if (attempts.Count == 0)
                limits.OnFirstAttempt();
            attempts.TakesPrecedence = false;
            var outcome = await callback(context, state).ConfigureAwait(context.ContinueOnCapturedContext);
            if (outcome.Exception is JwtGrantException error)
                limits.OnFailed(error, clientId);
            await limits.RecordAsync(outcome.Exception, attempts).ConfigureAwait(context.ContinueOnCapturedContext);
            return outcome;
        }
        finally
        {
            limits.Requests.Release();
        }
    }

    /// <summary>The options that Polly requires of a strategy.</summary>
    public sealed class NoOptions : ResilienceStrategyOptions;
}

/// <summary>
/// The limits of all endpoints that the clients of a container use. Clients of the same server with the same settings share them, as long as one of these
/// clients is in use.
/// </summary>
internal sealed class EndpointLimitRegistry
{
    private readonly WeakTable<Key, EndpointLimits> _limits = new();

    /// <summary>Gets the number of limits that clients use, and of those that were not removed yet.</summary>
    public int Count => _limits.Count;

    /// <summary>Returns the limits of an endpoint.</summary>
    /// <param name="endpoint">The address of the endpoint, or the issuer whose metadata contains it.</param>
    /// <param name="options">The settings. Clients with other settings have limits of their own.</param>
    /// <param name="clock">The clock for waits and for the circuit breaker.</param>
    /// <param name="random">Uniform in [0, 1).</param>
    /// <param name="logger">Logs when the circuit breaker opens and closes.</param>
    public EndpointLimits Get(string endpoint, EndpointLimitOptions options, TimeProvider clock, Func<double> random, ILogger logger) => _limits.GetOrAdd(
        new(endpoint, options.MaxConcurrentRequests, options.FailureRatio, options.MinimumThroughput, options.SamplingDuration, options.BreakDuration),
        (Options: options, Clock: clock, Random: random, Logger: logger),
        static (key, parts) => new(key.Endpoint, parts.Options.Copy(), parts.Clock, parts.Random, parts.Logger));

    private sealed record Key(
        string Endpoint, int MaxConcurrentRequests, double FailureRatio, int MinimumThroughput, TimeSpan SamplingDuration, TimeSpan BreakDuration);
}
