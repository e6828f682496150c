using JwtGrantClient.DPoP;

namespace JwtGrantClient;

/// <summary>
/// Binds tokens to a key of the client's (RFC 9449), so that a stolen token is of no use: each request to the token endpoint and to an API
/// carries a proof. The handler of AddJwtGrantToken makes it.
/// </summary>
public sealed class DPoPOptions
{
    private DPoPKey? _checked;

    /// <summary>Whether to ask for bound tokens. A server that answers with another kind is an error. Default: false.</summary>
    public bool Enabled { get; set; }

    /// <summary>
    /// The key, another than that of the assertions. Default: an ES256 key made at start and never stored. Set one for processes that share
    /// their tokens by a distributed cache.
    /// </summary>
    public SigningKeyOptions SigningKey { get; set; } = new();

    /// <summary>Loads the key, to be used later.</summary>
    /// <exception cref="JwtGrantException">There is no usable key in the place that the settings name.</exception>
    internal void Check() => _checked = DPoPKey.Create(SigningKey);

    /// <summary>Returns the key that <see cref="Check"/> loaded to the first caller: it is read, and decrypted, once at start-up.</summary>
    internal DPoPKey? TakeChecked() => Interlocked.Exchange(ref _checked, null);
}
