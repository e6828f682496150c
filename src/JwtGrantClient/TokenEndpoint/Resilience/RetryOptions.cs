namespace JwtGrantClient;

/// <summary>
/// The settings for attempts and timeouts of one token acquisition. While a token is valid, a background refresh makes only one attempt;
/// <see cref="BackoffOptions"/> space these.
/// </summary>
public sealed class RetryOptions
{
    /// <summary>
    /// Gets or sets the number of attempts after the first: 0 to 10. Default: 3. Retried are transient failures: no connection, a connection that was
    /// interrupted, 408, 425, 429, 500, 502, 503, 504, 520 to 529, and a 4xx without an OAuth error.
    /// </summary>
    public int MaxRetryAttempts { get; set; } = 3;

    /// <summary>
    /// Gets or sets the longest wait before the first retry: 10 ms to 1 min. Default: 1 s. It doubles for each further retry; the actual wait is
    /// random between 0 and that.
    /// </summary>
    public TimeSpan Delay { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>Gets or sets the timeout of one attempt: 0.1 s to 5 min. Default: 10 s.</summary>
    public TimeSpan AttemptTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// Gets or sets the timeout of a connection to the server or its proxy, for its name resolution and all its addresses: 0.1 s to 5 min. Default: 5 s.
    /// The attempt of a single-use grant is repeated after it, but not after <see cref="AttemptTimeout"/>, because no request was sent. A handler that
    /// the application configures has its own timeout.
    /// </summary>
    public TimeSpan ConnectTimeout { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>
    /// Gets or sets the timeout of an acquisition with all attempts and waits: <see cref="AttemptTimeout"/> to 10 min. Default: 30 s. It also applies to
    /// a custom retry pipeline.
    /// </summary>
    public TimeSpan TotalTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>Gets or sets the longest Retry-After of a server that is observed (RFC 9110 section 10.2.3): 0 s to 1 h. Default: 5 min.</summary>
    public TimeSpan MaxRetryAfter { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>Returns a copy that later changes do not affect.</summary>
    internal RetryOptions Copy() => (RetryOptions)MemberwiseClone();
}
