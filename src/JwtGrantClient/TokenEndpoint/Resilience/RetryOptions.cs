namespace JwtGrantClient;

/// <summary>
/// How one acquisition tries when the server fails. While a token is valid, a refresh in the background makes one attempt only;
/// <see cref="BackoffOptions"/> space these.
/// </summary>
public sealed class RetryOptions
{
    /// <summary>
    /// Attempts after the first: 0 to 10. Retried are failures that may pass: no connection, 408, 429, 500, 502, 503, 504, and an HTTP error
    /// without an OAuth error. Default: 3.
    /// </summary>
    public int MaxRetryAttempts { get; set; } = 3;

    /// <summary>
    /// The longest wait before the first retry, doubled for each next one; each wait is drawn between 0 and that: 10 ms to 1 min. Default:
    /// 1 s.
    /// </summary>
    public TimeSpan Delay { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>How long one attempt may take: 0.1 s to 5 min. Default: 10 s.</summary>
    public TimeSpan AttemptTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// How long an acquisition may take, all attempts and waits included: <see cref="AttemptTimeout"/> to 10 min. It also ends an acquisition
    /// by a retry pipeline of your own. Default: 30 s.
    /// </summary>
    public TimeSpan TotalTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>The longest Retry-After of a server that is obeyed (RFC 9110 section 10.2.3): 0 s to 1 h. Default: 5 min.</summary>
    public TimeSpan MaxRetryAfter { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>Returns a copy that the caller's later changes do not reach.</summary>
    internal RetryOptions Copy() => (RetryOptions)MemberwiseClone();
}
