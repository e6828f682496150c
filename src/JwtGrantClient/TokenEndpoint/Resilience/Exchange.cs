using System.Runtime.CompilerServices;
using JwtGrantClient.DPoP;
using Polly;
using Polly.Timeout;

namespace JwtGrantClient.TokenEndpoint;

/// <summary>
/// One call of a client over its wire attempts: runs them through the retry pipeline, and knows what the rule for the next attempt depends
/// on.
/// </summary>
/// <param name="mayBeRepeated">Whether what is sent may be sent again after a failure that leaves open whether the server saw it.</param>
/// <param name="startedAt">A <see cref="TimeProvider"/> timestamp.</param>
/// <param name="keysRefused">Told when the server refuses an assertion; null for nobody.</param>
internal sealed class Exchange(bool mayBeRepeated, long startedAt, Action? keysRefused = null)
{
    private JwtGrantException? _lastError;
    private int _mayHaveBeenSeen;
    private int _attempts;
    private bool _hasNonce, _wentOnWithNonce;

    /// <summary>A <see cref="TimeProvider"/> timestamp.</summary>
    public long StartedAt => startedAt;

    /// <summary>Runs attempts until one succeeds or none may follow.</summary>
    /// <param name="retry">The built-in rule, or a pipeline of the user's own.</param>
    /// <param name="attempt">Makes one attempt, with everything fresh.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <exception cref="JwtGrantException">No attempt succeeded.</exception>
    public async Task<T> RunAsync<T>(IRetry retry, WireAttempt<T> attempt, CancellationToken cancellationToken)
    {
        try
        {
            return await retry.RunAsync(attempt, this, cancellationToken).ConfigureAwait(false);
        }
        catch (ExecutionRejectedException rejection)
        {
            throw Ended(rejection);
        }
    }

    /// <summary>Makes one attempt, and another at once where the server only wanted its nonce. For those who decide on retries.</summary>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<T> AttemptAsync<T>(WireAttempt<T> attempt, CancellationToken cancellationToken)
    {
        while (true)
        {
            try
            {
                return await attempt(this, cancellationToken).ConfigureAwait(false);
            }
            catch (JwtGrantException error)
            {
                _lastError = error;
                // The key may have been replaced: it is read again before the next attempt (REFRESH).
                if (error.Error is "invalid_client" or "invalid_grant")
                    keysRefused?.Invoke();
                if (!MayGoOnWithNonce(error))
                    throw;
            }
        }
    }

    /// <summary>
    /// Whether another attempt may follow this failure. A grant that is used up by being seen may go on only while no server can have
    /// seen it: the failure was before the sending, or no connection was made.
    /// </summary>
    public bool MayBeSentAfter(Exception? failure) =>
        failure is JwtGrantException { IsTransient: true } or TimeoutRejectedException
        && (mayBeRepeated || Volatile.Read(ref _mayHaveBeenSeen) == 0);

    /// <summary>Counts an attempt: 1 for the first.</summary>
    public int NextAttempt() => ++_attempts;

    /// <summary>
    /// The server handed out a DPoP nonce, so that an attempt it refused for want of one may be made again (RFC 9449 section 8).
    /// </summary>
    public void NonceGiven() => _hasNonce = true;

    /// <summary>Sends the grant, and holds a pipeline of the user's own to the same rule, whatever it retries.</summary>
    /// <exception cref="JwtGrantException">There was no answer, or the grant may not be sent again.</exception>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<TokenHttpResponse> SendAsync(
        TokenEndpointTransport transport, HttpRequestMessage request, CancellationToken cancellationToken)
    {
        if (Interlocked.Exchange(ref _mayHaveBeenSeen, 1) == 1 && !mayBeRepeated)
            throw _lastError ?? NotAgain();
        try
        {
            return await transport.SendAsync(request, cancellationToken).ConfigureAwait(false);
        }
        catch (JwtGrantException e) when (e.Code == TransportErrors.Unreachable)
        {
            Volatile.Write(ref _mayHaveBeenSeen, 0);
            throw;
        }
    }

    // Once, and at once. The server says that it has not used the grant up, so a single-use one goes on too (promise 3).
    private bool MayGoOnWithNonce(JwtGrantException error)
    {
        if (error.Error != DPoPHeaders.NonceDemanded || !_hasNonce || _wentOnWithNonce)
            return false;
        _wentOnWithNonce = true;
        Volatile.Write(ref _mayHaveBeenSeen, 0);
        return true;
    }

    // Out of time, or by a strategy of the user's own.
    private JwtGrantException Ended(ExecutionRejectedException rejection) => new(
        JwtGrantErrorKind.Transport,
        rejection is TimeoutRejectedException ? TransportErrors.Timeout : TransportErrors.NotLetThrough,
        (rejection is TimeoutRejectedException timeout
            ? $"The token endpoint gave no usable answer within {timeout.Timeout.TotalSeconds:0} s."
            : $"The retry pipeline did not let the token request through ({rejection.GetType().Name}).") +
        (_lastError is null ? " Check the address and the firewall." : $" The last failure: {_lastError.Message}"),
        (Exception?)_lastError ?? rejection)
    {
        IsTransient = true,
        StatusCode = _lastError?.StatusCode,
        RetryAfter = _lastError?.RetryAfter,
    };

    private static JwtGrantException NotAgain() => new(
        JwtGrantErrorKind.Transport, "grant_used_up",
        "The server may have seen this grant in an attempt that got no answer, and it is good for one use; it was not sent again. " +
        "Start over, for an authorization code with the login.");
}
