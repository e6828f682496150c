using Polly;
using Polly.Timeout;

namespace JwtGrantClient.TokenEndpoint;

/// <summary>One call of <see cref="TokenEndpointClient.RequestAsync"/> over its wire attempts: what the retry rule needs to know.</summary>
internal sealed class Exchange(Grant grant, long startedAt)
{
    public static readonly ResiliencePropertyKey<Exchange> Key = new("JwtGrantClient.Exchange");

    private JwtGrantException? _lastError;

    public Grant Grant => grant;

    /// <summary>A <see cref="TimeProvider"/> timestamp.</summary>
    public long StartedAt => startedAt;

    /// <summary>
    /// Whether the grant may go on the wire again after this failure. A grant that is used up by being seen may only where no connection
    /// was made, so that no server saw it.
    /// </summary>
    public bool MayBeSentAfter(Exception? failure) => failure switch
    {
        JwtGrantException { Code: TransportErrors.Unreachable, IsTransient: true } => true,
        JwtGrantException { IsTransient: true } or TimeoutRejectedException => grant.MayBeRepeated,
        _ => false,
    };

    /// <summary>Remembers how an attempt failed.</summary>
    public void Failed(JwtGrantException error) => _lastError = error;

    /// <summary>Holds a retry pipeline of the user's own to the same rule.</summary>
    /// <exception cref="JwtGrantException">The grant may not be sent again: the failure of the last attempt.</exception>
    public void BeginAttempt()
    {
        if (_lastError is { } last && !grant.MayBeRepeated && !MayBeSentAfter(last))
            throw last;
    }

    /// <summary>The error for an exchange that ran out of time.</summary>
    public JwtGrantException TimedOut(TimeoutRejectedException timeout) => new(
        JwtGrantErrorKind.Transport, TransportErrors.Timeout,
        $"The token endpoint gave no usable answer within {timeout.Timeout.TotalSeconds:0} s." +
        (_lastError is null ? " Check the address and the firewall." : $" The last failure: {_lastError.Message}"),
        (Exception?)_lastError ?? timeout)
    {
        IsTransient = true,
        StatusCode = _lastError?.StatusCode,
        RetryAfter = _lastError?.RetryAfter,
    };
}
