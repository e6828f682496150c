namespace JwtGrantClient;

/// <summary>
/// The tokens that are kept: beside that of the client as configured one for each <see cref="TokenRequest"/> that differs from it.
/// </summary>
public sealed class CacheOptions
{
    /// <summary>
    /// How many are kept: 1 to 10,000,000; each takes about 600 bytes. One more drops a sixteenth of them, the least recently used, so that
    /// they are acquired again when they are needed. Acquisitions under way do not count. Default: 10,000.
    /// </summary>
    public int MaxEntries { get; set; } = 10_000;

    /// <summary>After how long a token that nobody asks for is dropped, valid or not: 1 min to 30 days. Default: 1 h.</summary>
    public TimeSpan IdleTime { get; set; } = TimeSpan.FromHours(1);

    /// <summary>
    /// How long a second level that is shared with other processes may take for one answer, before the token endpoint is asked: 10 ms to 10
    /// s. Default: 0.5 s.
    /// </summary>
    public TimeSpan StoreTimeout { get; set; } = TimeSpan.FromSeconds(0.5);

    /// <summary>Returns a copy that the caller's later changes do not reach.</summary>
    internal CacheOptions Copy() => (CacheOptions)MemberwiseClone();
}
