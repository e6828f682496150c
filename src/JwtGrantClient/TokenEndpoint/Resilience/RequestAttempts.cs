using JwtGrantClient.DPoP;

namespace JwtGrantClient.TokenEndpoint;

/// <summary>
/// The attempts of one token request: how many there were, how the last one failed, and whether another may follow. All state that
/// retries depend on is here.
/// </summary>
internal sealed class RequestAttempts
{
    private int _count;
    private int _hasBegun, _mayHaveBeenSeen;
    private bool _isSending, _hasNonce, _nonceRetryUsed;
    private JwtGrantException? _errorAfterSending;

    /// <summary>
    /// Whether there is only one attempt: a refresh in the background while a token is valid. The cache's backoff is its retry, under a
    /// user's pipeline too.
    /// </summary>
    public bool IsSingle { get; set; }

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
        (IsPreparing, _isSending) = (false, false);
        if (Interlocked.Exchange(ref _hasBegun, 1) == 1 && IsSingle)
            throw LastError ?? NoSecondAttempt();
    }

    /// <summary>Counts an attempt that is now prepared, and returns its number: 1 for the first.</summary>
    public int BeginAttempt()
    {
        IsPreparing = true;
        return ++_count;
    }

    /// <summary>Continues after the only attempt: a caller waits now, so that retries are allowed.</summary>
    public void AllowRetries()
    {
        IsSingle = false;
        Volatile.Write(ref _hasBegun, 0);
    }

    /// <summary>Notes how an attempt failed.</summary>
    public void OnFailed(JwtGrantException error)
    {
        IsPreparing = false;
        LastError = error;
        // No connection was made, so the server saw nothing.
        if (_isSending && error.Code == TransientErrors.Unreachable)
            Volatile.Write(ref _mayHaveBeenSeen, 0);
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
        if (error.Error != DPoPHeaders.UseNonceError || !_hasNonce || _nonceRetryUsed)
            return false;
        _nonceRetryUsed = true;
        (LastError, _errorAfterSending) = (null, null);
        Volatile.Write(ref _mayHaveBeenSeen, 0);
        Volatile.Write(ref _hasBegun, 0);
        return true;
    }

    /// <summary>Called before the request of an attempt is sent. A user's pipeline is held to the same rule, whatever it retries.</summary>
    /// <exception cref="JwtGrantException">The grant may not be sent again.</exception>
    /// <exception cref="OperationCanceledException">
    /// The attempt was given up, but its signer did not react to that: it must not be sent beside the next one.
    /// </exception>
    public void BeforeSending(CancellationToken cancellationToken)
    {
        IsPreparing = false;
        cancellationToken.ThrowIfCancellationRequested();
        if (Interlocked.Exchange(ref _mayHaveBeenSeen, 1) == 1 && !GrantMayBeRepeated)
            throw _errorAfterSending ?? UsedUp();
        _isSending = true;
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
