namespace JwtGrantClient;

/// <summary>How long the cache leaves the server alone after a failed acquisition.</summary>
public sealed class BackoffOptions
{
    /// <summary>
    /// The wait after a first failure while a token is valid, which callers get meanwhile: 0.1 s to 1 h. Doubled by each further failure, half
    /// of it fixed and half drawn at random; never past the token's end. Default: 5 s.
    /// </summary>
    public TimeSpan InitialDelay { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>The longest wait while a token is valid: <see cref="InitialDelay"/> to 1 h. Default: 120 s.</summary>
    public TimeSpan MaxDelay { get; set; } = TimeSpan.FromSeconds(120);

    /// <summary>
    /// The fixed part of the wait after a failure with no valid token, during which calls fail at once with the remembered error: 0.1 s to
    /// 5 min. Default: 1 s.
    /// </summary>
    public TimeSpan MinimumDelayWithoutToken { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>
    /// The longest random part on top of <see cref="MinimumDelayWithoutToken"/>, which starts at 1 s and doubles with each failure: 0 s to 1 h.
    /// Default: 15 s.
    /// </summary>
    public TimeSpan MaxJitterWithoutToken { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>Returns a copy that the caller's later changes do not reach.</summary>
    internal BackoffOptions Copy() => (BackoffOptions)MemberwiseClone();
}
