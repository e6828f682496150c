namespace JwtGrantClient;

/// <summary>Says what kind of thing went wrong, and so who can fix it.</summary>
public enum JwtGrantErrorKind
{
    /// <summary>A setting is missing or wrong. Fix the configuration; retrying does not help.</summary>
    Configuration,

    /// <summary>The assertion could not be signed: the key, or the service that holds it, failed.</summary>
    Signing,

    /// <summary>The authorization server answered with an OAuth error (RFC 6749 section 5.2).</summary>
    Refused,

    /// <summary>The server answered with something that is not a token response (RFC 6749 section 5.1).</summary>
    MalformedResponse,

    /// <summary>
    /// The server could not be reached, did not answer in time, or answered with an HTTP error that says nothing about OAuth.
    /// </summary>
    Transport,
}

/// <summary>
/// No token could be obtained. The message says what was seen, what was expected and what to do next; it holds no secret.
/// <see cref="Code"/> is stable across versions, the message is not.
/// </summary>
public sealed class JwtGrantException : Exception
{
    internal JwtGrantException(JwtGrantErrorKind kind, string code, string message, Exception? inner = null)
        : base(message, inner)
    {
        Kind = kind;
        Code = code;
    }

    /// <summary>The remembered <paramref name="original"/>, for a caller that comes while no new attempt is due.</summary>
    internal JwtGrantException(JwtGrantException original, string message)
        : this(original.Kind, original.Code, message, original)
    {
        StatusCode = original.StatusCode;
        Error = original.Error;
        ErrorDescription = original.ErrorDescription;
        ErrorUri = original.ErrorUri;
        RetryAfter = original.RetryAfter;
        IsTransient = original.IsTransient;
    }

    /// <summary>The kind of failure.</summary>
    public JwtGrantErrorKind Kind { get; }

    /// <summary>A stable name for the failure, such as <c>token_request_refused</c>. The README lists them.</summary>
    public string Code { get; }

    /// <summary>The HTTP status of the server's answer; null where there was none.</summary>
    public int? StatusCode { get; internal init; }

    /// <summary>
    /// The OAuth error code, such as <c>invalid_grant</c> (RFC 6749 section 5.2); null unless <see cref="JwtGrantErrorKind.Refused"/>.
    /// </summary>
    public string? Error { get; internal init; }

    /// <summary>The server's own words: at most 512 characters, control characters replaced. Untrusted text; not an API.</summary>
    public string? ErrorDescription { get; internal init; }

    /// <summary>A page about the error, by the server's word. Untrusted text.</summary>
    public string? ErrorUri { get; internal init; }

    /// <summary>
    /// How long the server asked to be left alone (RFC 9110 section 10.2.3), at most <see cref="RetryOptions.MaxRetryAfter"/>; null
    /// where it did not.
    /// </summary>
    public TimeSpan? RetryAfter { get; internal init; }

    /// <summary>True where the same request can succeed later without anyone changing anything.</summary>
    public bool IsTransient { get; internal init; }

    internal static JwtGrantException Configuration(string code, string message, Exception? inner = null) =>
        new(JwtGrantErrorKind.Configuration, code, message, inner);
}
