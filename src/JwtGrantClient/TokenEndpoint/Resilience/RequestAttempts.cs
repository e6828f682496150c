using System.Runtime.CompilerServices;
using JwtGrantClient.DPoP;

namespace JwtGrantClient.TokenEndpoint;

/// <summary>
/// The attempts of one token request: how many there were, how the last one failed, and whether another may follow. All state that
/// retries depend on is here.
/// </summary>
internal sealed class RequestAttempts
{
    private int _count;
    private int _mayHaveBeenSeen;
    private bool _hasNonce, _nonceRetryUsed;

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
        if (IsSingle && LastError is { } error)
            throw error;
    }

    /// <summary>Counts an attempt whose form is now made, and returns its number: 1 for the first.</summary>
    public int BeginPreparing()
    {
        IsPreparing = true;
        return ++_count;
    }

    /// <summary>Notes how an attempt failed.</summary>
    public void OnFailed(JwtGrantException error) => LastError = error;

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
        LastError = null;
        Volatile.Write(ref _mayHaveBeenSeen, 0);
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
            throw LastError ?? UsedUp();
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

    private static JwtGrantException UsedUp() => new(
        JwtGrantErrorKind.Transport, "grant_used_up",
        "The server may have seen this grant in an attempt that got no answer, and it is single-use; it was not sent again. " +
        "Start over, for an authorization code with the login.");
}
