using Polly;
using Polly.Timeout;

namespace JwtGrantClient.TokenEndpoint;

/// <summary>One call of <see cref="TokenEndpointClient.RequestAsync"/> over its wire attempts: what the retry rule needs to know.</summary>
internal sealed class Exchange(Grant grant, long startedAt)
{
    private JwtGrantException? _lastError;
    private int _mayHaveBeenSeen;
    private int _attempts;

    public Grant Grant => grant;

    /// <summary>A <see cref="TimeProvider"/> timestamp.</summary>
    public long StartedAt => startedAt;

    /// <summary>
    /// Whether another attempt may follow this failure. A grant that is used up by being seen may go on only while no server can have
    /// seen it: the failure was before the sending, or no connection was made.
    /// </summary>
    public bool MayBeSentAfter(Exception? failure) =>
        failure is JwtGrantException { IsTransient: true } or TimeoutRejectedException
        && (grant.MayBeRepeated || Volatile.Read(ref _mayHaveBeenSeen) == 0);

    /// <summary>Counts an attempt: 1 for the first.</summary>
    public int NextAttempt() => ++_attempts;

    /// <summary>Remembers how an attempt failed.</summary>
    public void Failed(JwtGrantException error) => _lastError = error;

    /// <summary>Sends the grant, and holds a pipeline of the user's own to the same rule, whatever it retries.</summary>
    /// <exception cref="JwtGrantException">There was no answer, or the grant may not be sent again.</exception>
    public async ValueTask<RawResponse> SendAsync(
        TokenEndpointTransport transport, HttpRequestMessage request, CancellationToken cancellationToken)
    {
        if (Interlocked.Exchange(ref _mayHaveBeenSeen, 1) == 1 && !grant.MayBeRepeated)
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

    /// <summary>The error for an exchange that the pipeline ended: out of time, or by a strategy of the user's own.</summary>
    public JwtGrantException Ended(ExecutionRejectedException rejection) => new(
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
