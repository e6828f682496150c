using System.Text.Json.Serialization;

namespace JwtGrantClient;

/// <summary>
/// The settings of the token cache. It has one entry for the client as configured, and one for each <see cref="TokenRequest"/> that differs from it.
/// </summary>
public sealed class CacheOptions
{
    /// <summary>
    /// Gets or sets the number of entries: 1 to 10,000,000. Default: 10,000. An entry takes about 600 bytes. When the cache is full, it evicts a sixteenth
    /// of its entries, the least recently used first. Entries that a caller waits for are not counted.
    /// </summary>
    public int MaxEntries { get; set; } = 10_000;

    /// <summary>
    /// Gets or sets the time after which an unused entry is evicted, even if its token is valid: 1 min to 30 days. Default: 1 h. A client named at run time
    /// that was not requested for this time, and that the application does not hold, is released with its tokens and connections.
    /// </summary>
    public TimeSpan IdleTime { get; set; } = TimeSpan.FromHours(1);

    /// <summary>
    /// Gets or sets the timeout of one call to the shared token store: 10 ms to 10 s. Default: 0.5 s. After it the cache sends a token
    /// request.
    /// </summary>
    public TimeSpan StoreTimeout { get; set; } = TimeSpan.FromSeconds(0.5);

    /// <summary>
    /// Gets or sets the name of the identity whose tokens processes share: any text, such as the name of the service account. Processes share a token
    /// only if this name is equal, too. Required if processes share tokens and code decides whose tokens they are: UseGrantAssertion,
    /// UseSamlAssertion, UseClientAssertion, UseSubjectToken, UseActorToken or EditAssertions. Default: null.
    /// </summary>
    [JsonConverter(typeof(SettingJsonConverter))]
    public string? SharingName { get; set; }

    /// <summary>Returns a copy that later changes do not affect.</summary>
    internal CacheOptions Copy() => (CacheOptions)MemberwiseClone();
}
