using System.Runtime.CompilerServices;
using JwtGrantClient.Diagnostics;
using Microsoft.Extensions.Logging;
using Polly;
using Polly.Retry;
using Polly.Timeout;

namespace JwtGrantClient.TokenEndpoint;

/// <summary>Makes one attempt of a token request, with fresh assertions and a fresh proof.</summary>
internal delegate ValueTask<T> TokenRequestAttempt<T>(RequestAttempts attempts, CancellationToken cancellationToken);

/// <summary>
/// Runs token requests through Polly: a total timeout around everything, and inside it retries with a timeout for each attempt, or a
/// pipeline of the user's own in their place.
/// </summary>
internal sealed class TokenRequestPipeline
{
    private const string OperationKey = "JwtGrantClient.TokenRequest";
    private static readonly ResiliencePropertyKey<RequestAttempts> AttemptsKey = new("JwtGrantClient.RequestAttempts");

    private readonly RetryOptions _options;
    private readonly TimeProvider _clock;
    private readonly Func<double> _random;
    private readonly ILogger _logger;
    private readonly Action? _onAssertionRejected;
    private readonly ResiliencePipeline _totalTimeout, _attempts;
    private readonly bool _isOwn;

    /// <param name="options">The numbers; validated and not changed any more.</param>
    /// <param name="clock">Delays and timeouts.</param>
    /// <param name="random">Uniform in [0, 1).</param>
    /// <param name="logger">Told of each retry.</param>
    /// <param name="own">The user's pipeline, in place of retries and attempt timeouts; null for the built-in one.</param>
    /// <param name="onAssertionRejected">Called when the server refuses an assertion, so that the key is read again before the next attempt.</param>
    public TokenRequestPipeline(
        RetryOptions options, TimeProvider clock, Func<double> random, ILogger logger, ResiliencePipeline? own = null, Action? onAssertionRejected = null)
    {
        (_options, _clock, _random, _logger, _onAssertionRejected) = (options, clock, random, logger, onAssertionRejected);
        _totalTimeout = new ResiliencePipelineBuilder { TimeProvider = clock }.AddTimeout(options.TotalTimeout).Build();
        _isOwn = own is not null;
        _attempts = own ?? CreateDefault();
    }

    /// <summary>Makes a whole request: attempts until one succeeds or none may follow, within the total timeout.</summary>
    /// <exception cref="JwtGrantException">No attempt succeeded.</exception>
    public Task<T> RunAsync<T>(TokenRequestAttempt<T> attempt, RequestAttempts attempts, CancellationToken cancellationToken)
        where T : class =>
        WithinTotalTimeoutAsync(cancellation => ExecuteAsync(attempt, attempts, cancellation), attempts, cancellationToken);

    /// <summary>
    /// Runs work under the one deadline of a request. From its first await on, work that does not react to its cancellation, such as a signer
    /// that hangs, is left behind.
    /// </summary>
    /// <exception cref="JwtGrantException">The work failed, or took too long.</exception>
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
            // By the caller's own token, so that a filter on it matches.
            if (outcome.Exception is OperationCanceledException)
                cancellationToken.ThrowIfCancellationRequested();
            return ResultOf(outcome, attempts);
        }
        finally
        {
            ResilienceContextPool.Shared.Return(context);
        }
    }

    /// <summary>Makes attempts until one succeeds or none may follow, inside a total timeout.</summary>
    /// <exception cref="JwtGrantException">No attempt succeeded.</exception>
    public async Task<T> ExecuteAsync<T>(TokenRequestAttempt<T> attempt, RequestAttempts attempts, CancellationToken cancellationToken)
        where T : class
    {
        // A user's pipeline does not know that there is only one attempt: it ends with the cancellation of its execution.
        using var single = _isOwn && attempts.IsSingle ? CancellationTokenSource.CreateLinkedTokenSource(cancellationToken) : null;
        var context = ResilienceContextPool.Shared.Get(OperationKey, single?.Token ?? cancellationToken);
        context.Properties.Set(AttemptsKey, attempts);
        try
        {
            var outcome = await _attempts.ExecuteOutcomeAsync(
                static (context, call) => call.Pipeline.AttemptAsync(call.Attempt, call.Attempts, call.Single, context.CancellationToken),
                context,
                (Pipeline: this, Attempt: attempt, Attempts: attempts, Single: single)).ConfigureAwait(false);
            if (outcome.Exception is not null && single is { IsCancellationRequested: true } && !cancellationToken.IsCancellationRequested && attempts.LastError is { } error)
                throw error;
            return ResultOf(outcome, attempts);
        }
        finally
        {
            ResilienceContextPool.Shared.Return(context);
        }
    }

    private ResiliencePipeline CreateDefault()
    {
        var builder = new ResiliencePipelineBuilder { TimeProvider = _clock };
        if (_options.MaxRetryAttempts > 0)
            builder.AddRetry(new RetryStrategyOptions
            {
                MaxRetryAttempts = _options.MaxRetryAttempts,
                ShouldHandle = retry => new(ShouldRetry(retry)),
                DelayGenerator = retry => new(DelayOf(retry)),
                OnRetry = retry =>
                {
                    Log.Retrying(_logger, retry.AttemptNumber + 2, retry.RetryDelay, retry.Outcome.Exception);
                    return default;
                },
            });
        return builder.AddTimeout(_options.AttemptTimeout).Build();
    }

    // A Retry-After that outlasts the request ends it at once; the cache then leaves the server alone for as long as it asked.
    private bool ShouldRetry(RetryPredicateArguments<object> retry)
    {
        var attempts = retry.Context.Properties.GetValue(AttemptsKey, null!);
        var failure = retry.Outcome.Exception;
        return attempts.MayRetry(failure) && !(RetryAfter(failure) > _options.TotalTimeout - _clock.GetElapsedTime(attempts.StartedAt));
    }

    // Exponential with full jitter, drawn from the random source that tests and simulations give.
    private TimeSpan? DelayOf(RetryDelayGeneratorArguments<object> retry) =>
        RetryAfter(retry.Outcome.Exception) ?? _options.Delay * (Math.Pow(2, retry.AttemptNumber) * _random());

    /// <summary>Makes one attempt, and another at once where the server only asked for its DPoP nonce.</summary>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<Outcome<T>> AttemptAsync<T>(
        TokenRequestAttempt<T> attempt, RequestAttempts attempts, CancellationTokenSource? single, CancellationToken cancellationToken)
    {
        while (true)
        {
            try
            {
                attempts.BeforeAttempt();
                return Outcome.FromResult(await attempt(attempts, cancellationToken).ConfigureAwait(false));
            }
            catch (JwtGrantException error)
            {
                attempts.OnFailed(error);
                if (error.Error is "invalid_client" or "invalid_grant")
                    _onAssertionRejected?.Invoke();
                if (attempts.MayRetryWithNonce(error))
                    continue;
                if (single is not null)
                    await single.CancelAsync().ConfigureAwait(false);
                return Outcome.FromException<T>(error);
            }
#pragma warning disable CA1031 // Polly takes any failure as an outcome, and it is thrown again at the end.
            catch (Exception error)
#pragma warning restore CA1031
            {
                return Outcome.FromException<T>(error);
            }
        }
    }

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
#pragma warning disable CA1031 // Polly takes any failure as an outcome, and it is thrown again at the end.
        catch (Exception error)
#pragma warning restore CA1031
        {
            // If it fails later, its exception counts as observed.
            _ = running?.ContinueWith(
                static ended => ended.Exception, CancellationToken.None, TaskContinuationOptions.OnlyOnFaulted, TaskScheduler.Default);
            return Outcome.FromException<T>(error);
        }
    }

    private T ResultOf<T>(Outcome<T> outcome, RequestAttempts attempts)
        where T : class
    {
        if (outcome.Exception is ExecutionRejectedException rejection)
            throw TokenRequestErrors.From(rejection, attempts, _options, _isOwn);
        outcome.ThrowIfException();
        return outcome.Result!;
    }

    private static TimeSpan? RetryAfter(Exception? failure) => (failure as JwtGrantException)?.RetryAfter;
}

/// <summary>Creates the errors of token requests that a pipeline ended: by a timeout, or by a strategy of the user's own.</summary>
internal static class TokenRequestErrors
{
    public static JwtGrantException From(ExecutionRejectedException rejection, RequestAttempts attempts, RetryOptions options, bool isOwnPipeline) => rejection switch
    {
        TimeoutRejectedException timeout when attempts.IsPreparing => NotPrepared(timeout, attempts, options, isOwnPipeline),
        TimeoutRejectedException timeout => WithLastFailure(
            "token_endpoint_timeout", $"The token endpoint gave no usable answer within {Limit(timeout)}.", rejection, attempts),
        _ => WithLastFailure(
            "token_request_not_let_through", $"The retry pipeline did not let the token request through ({rejection.GetType().Name}).", rejection, attempts),
    };

    private static JwtGrantException NotPrepared(
        TimeoutRejectedException timeout, RequestAttempts attempts, RetryOptions options, bool isOwnPipeline)
    {
        var time = timeout.Timeout == options.TotalTimeout ? "Retry:TotalTimeout is the setting for the time it has."
            : isOwnPipeline ? "A timeout of that pipeline sets the time it has."
            : "Retry:AttemptTimeout is the setting for the time it has.";
        return new(
            JwtGrantErrorKind.Transport, "token_source_timeout",
            $"No token within {Limit(timeout)}. Does the signer, the assertion provider, the token endpoint handler or the retry pipeline that the client " +
            $"was given hang? {time}{(attempts.LastError is { } last ? $" The last failure: {last.Message}" : "")}",
            (Exception?)attempts.LastError ?? timeout)
        {
            IsTransient = true,
        };
    }

    private static JwtGrantException WithLastFailure(string code, string what, ExecutionRejectedException rejection, RequestAttempts attempts)
    {
        var last = attempts.LastError;
        return new(
            JwtGrantErrorKind.Transport,
            code,
            what + (last is null ? " Check the address and the firewall." : $" The last failure: {last.Message}"),
            (Exception?)last ?? rejection)
        {
            IsTransient = true,
            StatusCode = last?.StatusCode,
            RetryAfter = last?.RetryAfter,
        };
    }

    private static string Limit(TimeoutRejectedException timeout) => $"{timeout.Timeout.TotalSeconds:0.###} s";
}
