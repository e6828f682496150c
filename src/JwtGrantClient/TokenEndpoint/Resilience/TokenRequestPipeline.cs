using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using JwtGrantClient.Assertions;
using JwtGrantClient.Diagnostics;
using Microsoft.Extensions.Logging;
using Polly;
using Polly.Retry;
using Polly.Timeout;

namespace JwtGrantClient.TokenEndpoint;

/// <summary>Makes one attempt of a token request, with fresh assertions and a fresh proof.</summary>
internal delegate ValueTask<T> TokenRequestAttempt<T>(RequestAttempts attempts, CancellationToken cancellationToken);

/// <summary>
/// Runs token requests through Polly: a total timeout, and inside it retries with a timeout for each attempt. A custom pipeline replaces retries and
/// attempt timeouts.
/// </summary>
internal sealed class TokenRequestPipeline
{
    private const string OperationKey = "JwtGrantClient.TokenRequest";

    private readonly RetryOptions _options;
    private readonly TimeProvider _clock;
    private readonly Func<double> _random;
    private readonly ILogger _logger;
    private readonly Action? _onAssertionRejected;
    private readonly EndpointLimits? _limits;
    private readonly RequestSender? _sender;
    private readonly ResiliencePipeline _totalTimeout, _attempts;
    private readonly bool _isCustom;

    /// <param name="options">The settings, which are valid and do not change.</param>
    /// <param name="clock">Measures delays and timeouts.</param>
    /// <param name="random">Uniform in [0, 1).</param>
    /// <param name="logger">Logs each retry.</param>
    /// <param name="custom">A custom pipeline that replaces retries and attempt timeouts; null for the built-in one.</param>
    /// <param name="limits">The limits of the endpoint, which a custom pipeline does not replace; null for none.</param>
    /// <param name="clientId">The client id, which a 429 response concerns.</param>
    /// <param name="sender">The client and its endpoint, which are added to each error; null to add nothing.</param>
    /// <param name="onAssertionRejected">Called when the server rejects an assertion, so that the key is read again before the next attempt.</param>
    public TokenRequestPipeline(
        RetryOptions options, TimeProvider clock, Func<double> random, ILogger logger, ResiliencePipeline? custom = null,
        EndpointLimits? limits = null, string? clientId = null, RequestSender? sender = null, Action? onAssertionRejected = null)
    {
        (_options, _clock, _random, _logger, _limits, _sender, _onAssertionRejected) = (options, clock, random, logger, limits, sender, onAssertionRejected);
        _totalTimeout = new ResiliencePipelineBuilder { TimeProvider = clock }.AddTimeout(options.TotalTimeout).Build();
        _isCustom = custom is not null;
        _attempts = CreateAttempts(custom, clientId);
    }

    /// <summary>Gets the clock of the assertions, which a refusal may correct; null if it is the local one.</summary>
    public ServerClock? ServerClock { get; init; }

    /// <summary>Gets the metrics of the client; null to measure and trace nothing.</summary>
    public ClientMetrics? Metrics { get; init; }

    /// <summary>Gets whether the circuit breaker of the endpoint is open.</summary>
    public bool IsCircuitOpen => _limits?.IsCircuitOpen == true;

    /// <summary>Makes attempts within the total timeout until one succeeds or none may follow.</summary>
    /// <exception cref="JwtGrantException">No attempt succeeded.</exception>
    public Task<T> RunAsync<T>(TokenRequestAttempt<T> attempt, RequestAttempts attempts, CancellationToken cancellationToken)
        where T : class =>
        WithinTotalTimeoutAsync(cancellation => ExecuteAsync(attempt, attempts, cancellation), attempts, cancellationToken);

    /// <summary>
    /// Runs work within the total timeout. Work that does not react to its cancellation after its first await, such as a signer that hangs, is
    /// abandoned.
    /// </summary>
    /// <exception cref="JwtGrantException">The work failed or timed out.</exception>
    public async Task<T> WithinTotalTimeoutAsync<T>(
        Func<CancellationToken, Task<T>> work, RequestAttempts attempts, CancellationToken cancellationToken)
        where T : class
    {
        attempts.StartedAt = _clock.GetTimestamp();
        var context = ResilienceContextPool.Shared.Get(OperationKey, cancellationToken);
        try
        {
            var outcome = await _totalTimeout.ExecuteOutcomeAsync(
                static (context, work) => WaitAsync(work, context.CancellationToken), context, work).ConfigureAwait(false);
            // With the caller's own token, so that an exception filter on it matches.
            if (outcome.Exception is OperationCanceledException)
                cancellationToken.ThrowIfCancellationRequested();
            return ResultOf(outcome, attempts);
        }
        finally
        {
            ResilienceContextPool.Shared.Return(context);
        }
    }

    /// <summary>Makes attempts until one succeeds or none may follow. The total timeout runs already.</summary>
    /// <exception cref="JwtGrantException">No attempt succeeded.</exception>
    public Task<T> ExecuteAsync<T>(TokenRequestAttempt<T> attempt, RequestAttempts attempts, CancellationToken cancellationToken)
        where T : class =>
        attempts.Inputs is null ? ExecuteOnceAsync(attempt, attempts, cancellationToken) : ExecuteWithInputsAsync(attempt, attempts, cancellationToken);

    private async Task<T> ExecuteWithInputsAsync<T>(TokenRequestAttempt<T> attempt, RequestAttempts attempts, CancellationToken cancellationToken)
        where T : class
    {
        while (true)
        {
            try
            {
                return await ExecuteOnceAsync(attempt, attempts, cancellationToken).ConfigureAwait(false);
            }
            catch (JwtGrantException error)
            {
                // Outside of the limits: see EndpointLimitStrategy.
                if (attempts.WaitsForNewInput)
                    attempts.WaitsForNewInput = false;
                else if (!await attempts.MayRetryWithNewInputAsync(error, cancellationToken).ConfigureAwait(false))
                    throw;
            }
        }
    }

    private async Task<T> ExecuteOnceAsync<T>(TokenRequestAttempt<T> attempt, RequestAttempts attempts, CancellationToken cancellationToken)
        where T : class
    {
        // A custom pipeline does not know that only one attempt is allowed. Canceling its execution ends it.
        using var single = _isCustom && attempts.IsSingle ? CancellationTokenSource.CreateLinkedTokenSource(cancellationToken) : null;
        var context = ResilienceContextPool.Shared.Get(OperationKey, single?.Token ?? cancellationToken);
        attempts.Cancellation = cancellationToken;
        attempts.AttachTo(context);
        try
        {
            var outcome = await _attempts.ExecuteOutcomeAsync(
                static (context, execution) => execution.AttemptAsync(context.CancellationToken),
                context,
                new Execution<T>(this, attempt, attempts, single)).ConfigureAwait(false);
            if (outcome.Exception is not null && single is { IsCancellationRequested: true } && !cancellationToken.IsCancellationRequested && attempts.LastError is { } error)
                throw error;
            return ResultOf(outcome, attempts);
        }
        finally
        {
            ResilienceContextPool.Shared.Return(context);
        }
    }

    /// <summary>Gets the endpoint, for the log; null if the source of the tokens is not a token endpoint.</summary>
    public string? Server => _sender?.Place;

    /// <summary>Adds the client and its endpoint to a failure that the cache found.</summary>
    public void AddContext(JwtGrantException failure) => _sender?.AddContext(failure);

    // From outside to inside: retries, the limits of the endpoint, the timeout of an attempt. A request that waits for others has not begun its attempt.
    [UnconditionalSuppressMessage("Trimming", "IL2026", Justification = "The options of EndpointLimitStrategy have no properties to validate.")]
    private ResiliencePipeline CreateAttempts(ResiliencePipeline? custom, string? clientId)
    {
        var builder = new ResiliencePipelineBuilder { TimeProvider = _clock };
        if (custom is not null)
            builder.AddPipeline(custom);
        else if (_options.MaxRetryAttempts > 0)
            builder.AddRetry(new RetryStrategyOptions
            {
                MaxRetryAttempts = _options.MaxRetryAttempts,
                ShouldHandle = retry => new(ShouldRetry(retry)),
                DelayGenerator = retry => new(DelayOf(retry)),
                OnRetry = retry =>
                {
                    Log.Retrying(_logger, _sender?.Client ?? "", retry.AttemptNumber + 2, retry.RetryDelay, new(retry.Outcome.Exception));
                    return default;
                },
            });
        if (_limits is not null)
            builder.AddStrategy(_ => new EndpointLimitStrategy(_limits, clientId, _clock, _options.TotalTimeout), new EndpointLimitStrategy.NoOptions());
        if (custom is null)
            builder.AddTimeout(_options.AttemptTimeout);
        return builder.Build();
    }

    // A Retry-After beyond the total timeout ends the request at once. The cache then waits as long as the server requested.
    private bool ShouldRetry(RetryPredicateArguments<object> retry)
    {
        var attempts = RequestAttempts.Of(retry.Context);
        var failure = retry.Outcome.Exception;
        return retry.AttemptNumber < _options.MaxRetryAttempts
            && attempts.MayRetry(failure)
            && !(RetryAfter(failure) > _options.TotalTimeout - _clock.GetElapsedTime(attempts.StartedAt))
            && (_limits is null || IsHeldBack(failure) || _limits.TryRetry());
    }

    // Exponential with full jitter, from the injected random source. The server may extend the wait, but not shorten it.
    private TimeSpan? DelayOf(RetryDelayGeneratorArguments<object> retry)
    {
        var delay = _options.Delay * (Math.Pow(2, retry.AttemptNumber) * _random());
        return RetryAfter(retry.Outcome.Exception) is { } retryAfter && retryAfter > delay ? retryAfter : delay;
    }

    /// <summary>Makes one attempt, and another at once if the server only requires its DPoP nonce, or assertions with its own time.</summary>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<Outcome<T>> AttemptAsync<T>(
        TokenRequestAttempt<T> attempt, RequestAttempts attempts, CancellationTokenSource? single, CancellationToken cancellationToken)
    {
        if (_isCustom && attempts is { Count: > 0, LastError: { } last } && _limits?.TryRetry() == false)
            return Outcome.FromException<T>(last);
        while (true)
        {
            var (observation, correction) = (AttemptObservation.Start(Metrics, attempts), ServerClock?.Correction ?? TimeSpan.Zero);
            try
            {
                attempts.BeforeAttempt();
                var result = await attempt(attempts, cancellationToken).ConfigureAwait(false);
                observation.OnSucceeded(attempts);
                return Outcome.FromResult(result);
            }
            catch (JwtGrantException error)
            {
                _sender?.AddContext(error);
                attempts.OnFailed(error);
                observation.OnFailed(error, attempts, cancellationToken);
                if (error is { Error: "invalid_client" or "invalid_grant", IsOfInput: false })
                    _onAssertionRejected?.Invoke();
                if (attempts.MayRetryWithNonce(error) || MayRetryWithServerTime(attempts, error, correction))
                {
                    // The attempt has a place in the limits, which another client at this endpoint may need to obtain a new token.
                    attempts.WaitsForNewInput = attempts.Inputs?.NeedsNew == true;
                    if (attempts.WaitsForNewInput)
                        return Outcome.FromException<T>(error);
                    continue;
                }
                if (single is not null)
                    await single.CancelAsync().ConfigureAwait(false);
                return Outcome.FromException<T>(error);
            }
#pragma warning disable CA1031 // Polly handles any failure as an outcome, and it is thrown again at the end.
            catch (Exception error)
#pragma warning restore CA1031
            {
                observation.OnFailed(error, attempts, cancellationToken);
                return Outcome.FromException<T>(error);
            }
        }
    }

    private bool MayRetryWithServerTime(RequestAttempts attempts, JwtGrantException error, TimeSpan correction)
    {
        // Some servers report a refused assertion as an invalid request.
        var isAboutAssertions = error.Error is "invalid_client" or "invalid_grant" || (error.Error is "invalid_request" && AssertionErrorAdvice.IsAboutTimes(error.ErrorDescription));
        if (!isAboutAssertions || error.IsOfInput || ServerClock is null || !ServerClock.TryCorrect(correction, out var isChanged))
            return false;
        var ahead = ServerClock.Ahead.GetValueOrDefault();
        if (isChanged)
            Log.ClockCorrected(_logger, ahead.Duration(), ahead < TimeSpan.Zero ? "behind" : "ahead of", Server ?? "", _sender?.Client ?? "");
        return attempts.MayRetryWithServerTime();
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private static async ValueTask<Outcome<T>> WaitAsync<T>(Func<CancellationToken, Task<T>> work, CancellationToken cancellationToken)
        where T : class
    {
        Task<T>? running = null;
        try
        {
            running = work(cancellationToken);
            var waiting = running.IsCompleted ? running : running.WaitAsync(cancellationToken);
            return Outcome.FromResult(await waiting.ConfigureAwait(false));
        }
#pragma warning disable CA1031 // Polly handles any failure as an outcome, and it is thrown again at the end.
        catch (Exception error)
#pragma warning restore CA1031
        {
            // If it fails later, this observes its exception.
            _ = running?.ContinueWith(
                static completed => completed.Exception, CancellationToken.None, TaskContinuationOptions.OnlyOnFaulted, TaskScheduler.Default);
            return Outcome.FromException<T>(error);
        }
    }

    private T ResultOf<T>(Outcome<T> outcome, RequestAttempts attempts)
        where T : class
    {
        if (outcome.Exception is ExecutionRejectedException rejection)
        {
            var error = TokenRequestErrors.From(rejection, attempts, _options, _isCustom, _limits?.Options);
            throw _sender?.AddContext(error) ?? error;
        }
        // Of the limits of the endpoint, or of the source around the attempts.
        if (outcome.Exception is JwtGrantException failure)
            _sender?.AddContext(failure);
        outcome.ThrowIfException();
        return outcome.Result!;
    }

    /// <summary>The state of one execution. It is a class, because a native program has a copy of each method of Polly for each struct.</summary>
    private sealed class Execution<T>(
        TokenRequestPipeline pipeline, TokenRequestAttempt<T> attempt, RequestAttempts attempts, CancellationTokenSource? single)
        where T : class
    {
        public ValueTask<Outcome<T>> AttemptAsync(CancellationToken cancellationToken) => pipeline.AttemptAsync(attempt, attempts, single, cancellationToken);
    }

    // Nothing was sent, so the next attempt is not a retry.
    private static bool IsHeldBack(Exception? failure) => failure is JwtGrantException { IsHeldBack: true };

    private static TimeSpan? RetryAfter(Exception? failure) => (failure as JwtGrantException)?.RetryAfter;
}
