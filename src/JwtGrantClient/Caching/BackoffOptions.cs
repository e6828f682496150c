namespace JwtGrantClient;

/// <summary>The settings for the wait after a failed acquisition of a token, during which the cache sends no request.</summary>
public sealed class BackoffOptions
{
    /// <summary>
    /// Gets or sets the wait after the first failure while a token is valid: 0.1 s to 1 h. Default: 5 s. It doubles with each further failure; half of it
    /// is fixed and half is random. It never extends past the end of the token, which callers get in the meantime.
    /// </summary>
    public TimeSpan InitialDelay { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>Gets or sets the longest wait while a token is valid: <see cref="InitialDelay"/> to 1 h. Default: 120 s.</summary>
    public TimeSpan MaxDelay { get; set; } = TimeSpan.FromSeconds(120);

    /// <summary>
    /// Gets or sets the fixed part of the wait after a failure without a valid token: 0.1 s to 5 min. Default: 1 s. During the wait calls fail at once
    /// with the remembered error.
    /// </summary>
    public TimeSpan MinimumDelayWithoutToken { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>
    /// Gets or sets the longest random part that is added to <see cref="MinimumDelayWithoutToken"/>: 0 s to 1 h. Default: 15 s. The random part is at
    /// most 1 s after the first failure and doubles with each further one.
    /// </summary>
    public TimeSpan MaxJitterWithoutToken { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>Returns a copy that later changes do not affect.</summary>
    internal BackoffOptions Copy() => (BackoffOptions)MemberwiseClone();
}
