namespace JwtGrantClient;

/// <summary>
/// Binds tokens to a key of the client's (RFC 9449), so that a stolen token is of no use: each request to the token endpoint and to an API
/// carries a proof. The handler of AddJwtGrantToken makes it.
/// </summary>
public sealed class DPoPOptions
{
    /// <summary>Whether to ask for bound tokens. A server that answers with another kind is an error. Default: false.</summary>
    public bool Enabled { get; set; }

    /// <summary>
    /// The key, another than that of the assertions. Default: an ES256 key made at start and never stored. Set one for processes that share
    /// their tokens by a distributed cache.
    /// </summary>
    public SigningKeyOptions SigningKey { get; set; } = new();
}
