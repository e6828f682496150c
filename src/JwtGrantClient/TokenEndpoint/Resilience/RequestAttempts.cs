using JwtGrantClient.Assertions;
using JwtGrantClient.DPoP;
using Polly;

namespace JwtGrantClient.TokenEndpoint;

/// <summary>
/// The attempts of one token request: their number, the last failure, and whether another may follow. It holds all state that retries depend on.
/// </summary>
internal sealed class RequestAttempts
{
    private static readonly ResiliencePropertyKey<RequestAttempts> Key = new("JwtGrantClient.RequestAttempts");

    private int _hasBegun, _mayHaveBeenReceived;
    private bool _isSending, _nonceRetryUsed, _clockRetryUsed;
    private string? _nonce;
    private JwtGrantException? _errorAfterSending;

    /// <summary>
    /// Gets or sets whether there is only one attempt: for a background refresh while a token is valid. The backoff of the cache spaces the next one,
    /// also under a custom pipeline.
    /// </summary>
    public bool IsSingle { get; set; }

    /// <summary>Gets or sets whether the grant may be sent again after a failure that leaves open whether the server received it.</summary>
    public bool GrantMayBeRepeated { get; set; } = true;

    /// <summary>
    /// Gets or sets whether the first attempt is made although the server asked to wait: the one at the end of a valid token, because the server may have
    /// recovered.
    /// </summary>
    public bool TakesPrecedence { get; set; }

    /// <summary>Gets or sets whether the attempt tries an endpoint whose circuit breaker is open.</summary>
    public bool IsTrial { get; set; }

    /// <summary>Gets or sets whether the request waits because too many others are under way.</summary>
    public bool IsQueued { get; set; }

    /// <summary>Gets or sets the cancellation of the whole request: by its caller, or by the total timeout.</summary>
    public CancellationToken Cancellation { get; set; }

    /// <summary>Gets the token that an API rejected and that the new one replaces; null if there is none.</summary>
    public AccessToken? Rejected { get; init; }

    /// <summary>Gets or sets the tokens of other clients that the request contains; null if it contains none.</summary>
    public RequestInputs? Inputs { get; set; }

    /// <summary>Gets the number of attempts.</summary>
    public int Count { get; private set; }

    /// <summary>Gets or sets the number of attempts that have begun, also of those without a request.</summary>
    public short Begun { get; set; }

    /// <summary>Gets or sets the HTTP status of the response to the current attempt; 0 without one.</summary>
    public short Status { get; set; }

    /// <summary>Gets or sets when the request began, as a timestamp of the <see cref="TimeProvider"/>.</summary>
    public long StartedAt { get; set; }

    /// <summary>Gets the last failure; null if there was none.</summary>
    public JwtGrantException? LastError { get; private set; }

    /// <summary>
    /// Gets whether the current attempt is still being prepared by a signer or an assertion provider, before the request is sent.
    /// </summary>
    public bool IsPreparing { get; private set; } = true;

    /// <summary>Returns the attempts that a pipeline executes.</summary>
    public static RequestAttempts Of(ResilienceContext context) => context.Properties.GetValue(Key, null!);

    /// <summary>Makes the attempts available to the strategies of a pipeline.</summary>
    public void AttachTo(ResilienceContext context) => context.Properties.Set(Key, this);

    /// <summary>Starts an attempt.</summary>
    /// <exception cref="JwtGrantException">An attempt was made, and only one is allowed.</exception>
    public void BeforeAttempt()
    {
        (IsPreparing, _isSending) = (false, false);
        if (Interlocked.Exchange(ref _hasBegun, 1) == 1 && IsSingle)
            throw LastError ?? NoSecondAttempt();
    }

    /// <summary>Counts the attempt and returns its number: 1 for the first.</summary>
    public int BeginAttempt()
    {
        IsPreparing = true;
        return ++Count;
    }

    /// <summary>Allows retries after the only attempt, because a caller waits now.</summary>
    public void AllowRetries()
    {
        IsSingle = false;
        Volatile.Write(ref _hasBegun, 0);
    }

    /// <summary>Records the failure of an attempt.</summary>
    public void OnFailed(JwtGrantException error)
    {
        IsPreparing = false;
        LastError = error;
        // Without a connection the server received nothing.
        if (_isSending && error.Code == TransientErrors.Unreachable)
            Volatile.Write(ref _mayHaveBeenReceived, 0);
        if (Volatile.Read(ref _mayHaveBeenReceived) == 1)
            _errorAfterSending ??= error;
    }

    /// <summary>
    /// Keeps the DPoP nonce that the server requires for the next attempt (RFC 9449 section 8). Returns false if there is no such attempt, because an
    /// earlier one was repeated for its nonce.
    /// </summary>
    public bool TryKeepNonce(string nonce)
    {
        if (_nonceRetryUsed)
            return false;
        _nonce = nonce;
        return true;
    }

    /// <summary>Gets or sets whether the next attempt follows after new tokens of other clients were acquired, outside of the limits of the endpoint.</summary>
    public bool WaitsForNewInput { get; set; }

    /// <summary>Returns the nonce that was kept, to one attempt only; otherwise null.</summary>
    public string? TakeNonce() => Interlocked.Exchange(ref _nonce, null);

    /// <summary>
    /// Returns whether another attempt may follow a failure. A single-use grant is sent again only if the server cannot have received it: the failure
    /// was before the request was sent, or no connection was made.
    /// </summary>
    public bool MayRetry(Exception? failure) =>
        !IsSingle && TransientErrors.IsTransient(failure) && (GrantMayBeRepeated || Volatile.Read(ref _mayHaveBeenReceived) == 0);

    /// <summary>
    /// Returns whether one more attempt follows at once because the server requires its DPoP nonce. Such a server has not used the grant, so that a
    /// single-use grant is sent again, too.
    /// </summary>
    public bool MayRetryWithNonce(JwtGrantException error)
    {
        if (error.Error != DPoPHeaders.UseNonceError || _nonce is null || _nonceRetryUsed)
            return false;
        _nonceRetryUsed = true;
        (LastError, _errorAfterSending) = (null, null);
        Volatile.Write(ref _mayHaveBeenReceived, 0);
        Volatile.Write(ref _hasBegun, 0);
        return true;
    }

    /// <summary>
    /// Returns whether one more attempt follows at once because assertions have the server's time now. It is made at most once, and not for a single-use
    /// grant: the server may have used it before it checked the client assertion.
    /// </summary>
    public bool MayRetryWithServerTime()
    {
        if (_clockRetryUsed || !GrantMayBeRepeated)
            return false;
        _clockRetryUsed = true;
        Volatile.Write(ref _hasBegun, 0);
        return true;
    }

    /// <summary>
    /// Returns whether one more attempt follows because the server refused a token of another client that has been replaced since. It is made at most
    /// once, and not for a single-use grant: the server may have used it before it checked the client assertion.
    /// </summary>
    public async ValueTask<bool> MayRetryWithNewInputAsync(JwtGrantException error, CancellationToken cancellationToken)
    {
        if (Inputs is null || !await Inputs.ReplaceAsync(error, cancellationToken).ConfigureAwait(false) || !GrantMayBeRepeated)
            return false;
        Volatile.Write(ref _hasBegun, 0);
        return true;
    }

    /// <summary>Checks, before the request of an attempt is sent, that it may be sent. The check applies to custom pipelines, too.</summary>
    /// <exception cref="JwtGrantException">The grant may not be sent again.</exception>
    /// <exception cref="OperationCanceledException">
    /// The attempt was canceled, but its signer did not react: it must not be sent in parallel with the next one.
    /// </exception>
    public void BeforeSending(CancellationToken cancellationToken)
    {
        IsPreparing = false;
        cancellationToken.ThrowIfCancellationRequested();
        if (Interlocked.Exchange(ref _mayHaveBeenReceived, 1) == 1 && !GrantMayBeRepeated)
            throw _errorAfterSending ?? SingleUse();
        _isSending = true;
    }

    private static JwtGrantException NoSecondAttempt() => new(
        JwtGrantErrorKind.Transport, "token_endpoint_timeout",
        "The single attempt of a background refresh got no response within the timeout of the retry pipeline.")
    {
        IsTransient = true,
    };

    private static JwtGrantException SingleUse() => new(
        JwtGrantErrorKind.Transport, "grant_used_up",
        "The server may have received this single-use grant in an attempt that got no response, so it was not sent again. Start again, for an authorization code with the sign-in.");
}
