namespace JwtGrantClient;

/// <summary>The kind of a failure, which indicates who can fix it.</summary>
public enum JwtGrantErrorKind
{
    /// <summary>A setting is missing or wrong. Fix the configuration; retrying does not help.</summary>
    Configuration,

    /// <summary>The assertion could not be signed: the key, or the service that holds it, failed.</summary>
    Signing,

    /// <summary>The authorization server responded with an OAuth error (RFC 6749 section 5.2).</summary>
    Refused,

    /// <summary>The server responded with something that is not a token response (RFC 6749 section 5.1).</summary>
    MalformedResponse,

    /// <summary>
    /// The server could not be reached, did not respond in time, or responded with an HTTP error without an OAuth error.
    /// </summary>
    Transport,
}

/// <summary>
/// The exception that is thrown when no token could be obtained. The message says what happened, what was expected and what to do; it contains
/// no secret.
/// </summary>
/// <remarks><see cref="Kind"/> and <see cref="Code"/> do not change between versions. The message may change.</remarks>
/// <example>
/// <code>
/// try
/// {
///     return await tokens.GetTokenAsync(cancellationToken);
/// }
/// catch (JwtGrantException e) when (e.Kind == JwtGrantErrorKind.Refused &amp;&amp; e.Error == "invalid_grant")
/// {
///     logger.LogError(e, "The authorization server rejected the assertion");
///     throw;
/// }
/// catch (JwtGrantException e) when (e.Code == "signing_key_unreadable")
/// {
///     logger.LogError(e, "The key file is missing or cannot be read");
///     throw;
/// }
/// catch (JwtGrantException e) when (e.IsTransient)
/// {
///     logger.LogWarning(e, "No token now; retry in {Delay}", e.RetryAfter ?? TimeSpan.FromSeconds(30));
///     return null;
/// }
/// </code>
/// </example>
public sealed class JwtGrantException : Exception
{
    private const string Documentation = "https://github.com/jwtgrantclient/jwtgrantclient/blob/main/docs/errors.md";

    private string? _context;

    internal JwtGrantException(JwtGrantErrorKind kind, string code, string message, Exception? inner = null)
        : base(message, inner)
    {
        Kind = kind;
        Code = code;
    }

    /// <summary>
    /// Repeats a failure with another message: for a caller that arrives while the backoff allows no new attempt, or for a client that needs the token of
    /// another one.
    /// </summary>
    internal JwtGrantException(JwtGrantException original, string message)
        : this(original, message, original)
    {
    }

    private JwtGrantException(JwtGrantException original, string message, Exception? inner)
        : this(original.Kind, original.Code, message, inner)
    {
        StatusCode = original.StatusCode;
        Error = original.Error;
        ErrorDescription = original.ErrorDescription;
        ErrorUri = original.ErrorUri;
        RetryAfter = original.RetryAfter;
        IsTransient = original.IsTransient;
        IsHeldBack = original.IsHeldBack;
        IsOfInput = original.IsOfInput;
        Client = original.Client;
        Endpoint = original.Endpoint;
    }

    /// <summary>
    /// Gets what happened, what was expected and what to do, followed by the client and the endpoint. It contains no secret. The text may change between
    /// versions.
    /// </summary>
    public override string Message => _context is null ? base.Message : $"{base.Message}\n{_context}";

    /// <summary>Gets or sets the address of a page about the failure. Default: the description of <see cref="Code"/> with causes and fixes.</summary>
    public override string? HelpLink
    {
        get => base.HelpLink ?? $"{Documentation}#{Code}";
        set => base.HelpLink = value;
    }

    /// <summary>Gets the kind of the failure.</summary>
    public JwtGrantErrorKind Kind { get; }

    /// <summary>
    /// Gets the stable code of the failure, such as <c>token_request_refused</c>. <see cref="HelpLink"/> describes it.
    /// </summary>
    public string Code { get; }

    /// <summary>
    /// Gets the name of the client; empty for a client without a name. Null if the failure does not belong to one client, such as that of a handler that
    /// sends no token.
    /// </summary>
    public string? Client { get; private set; }

    /// <summary>
    /// Gets the URL of the endpoint that the request was sent to, or would have been sent to, without a user name and a long query. Null if no endpoint
    /// is known yet, for example because the metadata could not be read.
    /// </summary>
    public string? Endpoint { get; private set; }

    /// <summary>Gets the HTTP status code of the server's response; null if there was no response.</summary>
    public int? StatusCode { get; internal init; }

    /// <summary>
    /// Gets the OAuth error code, such as <c>invalid_grant</c> (RFC 6749 section 5.2); null unless <see cref="Kind"/> is
    /// <see cref="JwtGrantErrorKind.Refused"/>.
    /// </summary>
    public string? Error { get; internal init; }

    /// <summary>
    /// Gets the server's description of the error (RFC 6749 section 5.2); null if there is none. At most 512 characters, with control
    /// characters replaced. The text is untrusted; do not make decisions on it.
    /// </summary>
    public string? ErrorDescription { get; internal init; }

    /// <summary>
    /// Gets the URI of a page about the error, as sent by the server (RFC 6749 section 5.2); null if there is none. The text is untrusted.
    /// </summary>
    public string? ErrorUri { get; internal init; }

    /// <summary>
    /// Gets how long the server asked clients to wait (RFC 9110 section 10.2.3), limited to <see cref="RetryOptions.MaxRetryAfter"/>, or how long the
    /// circuit breaker of the endpoint stays open; otherwise null.
    /// </summary>
    public TimeSpan? RetryAfter { get; internal init; }

    /// <summary>Gets whether the limits of the endpoint held the request back, so that nothing was sent.</summary>
    internal bool IsHeldBack { get; init; }

    /// <summary>
    /// Gets whether another client failed, whose token the request needs. Nothing was sent, the other client has retried, and its endpoint failed.
    /// </summary>
    internal bool IsOfInput { get; init; }

    /// <summary>Gets whether the same request can succeed later without a change to the configuration or the server.</summary>
    public bool IsTransient { get; internal init; }

    /// <summary>Gets the message without the client and the endpoint, to be quoted in another message about them.</summary>
    internal string Text => base.Message;

    /// <summary>Adds the client and the endpoint, unless the failure has them already.</summary>
    /// <param name="client">The name of the client; empty for a client without a name.</param>
    /// <param name="endpoint">The URL of the endpoint; null if it is not known.</param>
    /// <param name="context">The sentence about them that is added to the message; null if the message names the client already.</param>
    internal JwtGrantException AddContext(string client, string? endpoint, string? context)
    {
        if (Client is null)
            (Client, Endpoint, _context) = (client, endpoint, context);
        return this;
    }

    /// <summary>Copies a failure that several clients share, so that each adds its own name.</summary>
    internal JwtGrantException CopyForClient() => new(this, base.Message, InnerException);

    internal static JwtGrantException Configuration(string code, string message, Exception? inner = null) =>
        new(JwtGrantErrorKind.Configuration, code, message, inner);
}
