namespace JwtGrantClient;

/// <summary>
/// What happens when the server fails: how often one acquisition tries, and how long the server is left alone after it failed.
/// </summary>
public sealed class RetryOptions
{
    /// <summary>
    /// Attempts after the first: 0 to 10. Only what may turn out better is tried again: no connection, 408, 429, 500, 502, 503, 504, and an
    /// error without an OAuth error. Default: 3.
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
    /// How long an acquisition may take, all attempts and waits included: <see cref="AttemptTimeout"/> to 10 min. It ends an acquisition by
    /// a retry pipeline of your own too. Default: 30 s.
    /// </summary>
    public TimeSpan TotalTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// How long the server is left alone after a first failure while a token is valid, which is handed out meanwhile: 0.1 s to 1 h; doubled
    /// by each further failure, half of it fixed and half drawn; never past the token's end. Default: 5 s.
    /// </summary>
    public TimeSpan GateWhileValid { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>What the doubling of <see cref="GateWhileValid"/> ends at: that to 1 h. Default: 120 s.</summary>
    public TimeSpan LongestGateWhileValid { get; set; } = TimeSpan.FromSeconds(120);

    /// <summary>
    /// How long the server is left alone at least after a failure with no valid token, while calls get the remembered error at once: 0.1 s
    /// to 5 min. Default: 1 s.
    /// </summary>
    public TimeSpan GateWithNothing { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>
    /// What is drawn on top of <see cref="GateWithNothing"/> doubles with each failure from 1 s up to this: 0 s to 1 h. Default: 15 s.
    /// </summary>
    public TimeSpan LongestSpreadWithNothing { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>How much of a server's Retry-After is obeyed (RFC 9110 section 10.2.3): 0 s to 1 h. Default: 5 min.</summary>
    public TimeSpan MaxRetryAfter { get; set; } = TimeSpan.FromMinutes(5);
}
