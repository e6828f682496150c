using System.Runtime.CompilerServices;
using JwtGrantClient.DPoP;
using JwtGrantClient.Diagnostics;
using Microsoft.Extensions.Logging;
using Polly;
using Polly.Retry;

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
            if (running is not null)
                BackgroundWork.Forget(running);
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

/// <summary>
/// The attempts of one token request: how many there were, how the last one failed, and whether another may follow. All state that
/// retries depend on is here.
/// </summary>
internal sealed class RequestAttempts
{
    private int _count;
    private int _hasBegun, _mayHaveBeenSeen;
    private bool _hasNonce, _nonceRetryUsed;
    private JwtGrantException? _errorAfterSending;

    /// <summary>
    /// Whether there is only one attempt: a refresh in the background while a token is valid. The cache's backoff is its retry, under a
    /// user's pipeline too.
    /// </summary>
    public bool IsSingle { get; init; }

    /// <summary>Whether the grant may be sent again after a failure that leaves open whether the server saw it.</summary>
    public bool GrantMayBeRepeated { get; set; } = true;

    /// <summary>When the request began, as a timestamp of the <see cref="TimeProvider"/>.</summary>
    public long StartedAt { get; set; }

    /// <summary>How the last attempt failed; null where none did.</summary>
    public JwtGrantException? LastError { get; private set; }

    /// <summary>
    /// Whether the current attempt is still being prepared, by a signer or a provider of the user's own, and nothing is awaited from a server.
    /// </summary>
    public bool IsPreparing { get; private set; } = true;

    /// <summary>Called before each attempt.</summary>
    /// <exception cref="JwtGrantException">There has been an attempt, and it was the only one allowed.</exception>
    public void BeforeAttempt()
    {
        IsPreparing = false;
        if (Interlocked.Exchange(ref _hasBegun, 1) == 1 && IsSingle)
            throw LastError ?? NoSecondAttempt();
    }

    /// <summary>Counts an attempt whose form is now made, and returns its number: 1 for the first.</summary>
    public int BeginPreparing()
    {
        IsPreparing = true;
        return ++_count;
    }

    /// <summary>Notes how an attempt failed.</summary>
    public void OnFailed(JwtGrantException error)
    {
        IsPreparing = false;
        LastError = error;
        if (Volatile.Read(ref _mayHaveBeenSeen) == 1)
            _errorAfterSending ??= error;
    }

    /// <summary>Notes that the server handed out a DPoP nonce, so that a refused attempt can be made again (RFC 9449 section 8).</summary>
    public void OnNonceReceived() => _hasNonce = true;

    /// <summary>
    /// Whether another attempt may follow a failure. A single-use grant is sent again only while no server can have seen it: the failure
    /// was before the sending, or no connection was made.
    /// </summary>
    public bool MayRetry(Exception? failure) =>
        !IsSingle && TransientErrors.IsTransient(failure) && (GrantMayBeRepeated || Volatile.Read(ref _mayHaveBeenSeen) == 0);

    /// <summary>
    /// Whether one more attempt follows at once because the server asked for its DPoP nonce. By asking it says that it has not used up the
    /// grant, so a single-use one is sent again too.
    /// </summary>
    public bool MayRetryWithNonce(JwtGrantException error)
    {
        if (error.Error != DPoPHeaders.NonceDemanded || !_hasNonce || _nonceRetryUsed)
            return false;
        _nonceRetryUsed = true;
        (LastError, _errorAfterSending) = (null, null);
        Volatile.Write(ref _mayHaveBeenSeen, 0);
        Volatile.Write(ref _hasBegun, 0);
        return true;
    }

    /// <summary>Sends the request of an attempt. A user's pipeline is held to the same rule, whatever it retries.</summary>
    /// <exception cref="JwtGrantException">There was no answer, or the grant may not be sent again.</exception>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<TokenHttpResponse> SendAsync(
        TokenEndpointTransport transport, HttpRequestMessage request, CancellationToken cancellationToken)
    {
        IsPreparing = false;
        // An attempt that was given up, but whose signer did not react to that, must not be sent beside the next one.
        cancellationToken.ThrowIfCancellationRequested();
        if (Interlocked.Exchange(ref _mayHaveBeenSeen, 1) == 1 && !GrantMayBeRepeated)
            throw _errorAfterSending ?? UsedUp();
        try
        {
            return await transport.SendAsync(request, cancellationToken).ConfigureAwait(false);
        }
        catch (JwtGrantException e) when (e.Code == TransientErrors.Unreachable)
        {
            Volatile.Write(ref _mayHaveBeenSeen, 0);
            throw;
        }
    }

    private static JwtGrantException NoSecondAttempt() => new(
        JwtGrantErrorKind.Transport, "token_endpoint_timeout",
        "The one attempt of a refresh in the background got no answer in the time that the retry pipeline gave it.")
    {
        IsTransient = true,
    };

    private static JwtGrantException UsedUp() => new(
        JwtGrantErrorKind.Transport, "grant_used_up",
        "The server may have seen this grant in an attempt that got no answer, and it is single-use; it was not sent again. " +
        "Start over, for an authorization code with the login.");
}
