using JwtGrantClient.DPoP;

namespace JwtGrantClient;

/// <summary>
/// The options of sender-constrained tokens (DPoP, RFC 9449). Tokens are bound to a key of the client, so that an attacker cannot use a stolen
/// token: each request to the token endpoint and to an API requires a proof that is signed with the key. <see cref="AccessTokenHandler"/> adds
/// the proof to requests to APIs.
/// </summary>
public sealed class DPoPOptions
{
    private DPoPKey? _preloaded;

    /// <summary>
    /// Gets or sets whether tokens are bound to the key. If the server then issues a token that is not bound, the token request fails.
    /// Default: false.
    /// </summary>
    public bool Enabled { get; set; }

    /// <summary>
    /// Gets or sets the key of the proofs. Use another key than for assertions. Default: an ES256 key that is generated at start-up and never
    /// stored. Set a key if several processes share their tokens through a distributed cache.
    /// </summary>
    public SigningKeyOptions SigningKey { get; set; } = new();

    /// <summary>Loads the key when the options are validated, so that it is read and decrypted once at start-up.</summary>
    /// <exception cref="JwtGrantException">The configured key cannot be read or is not usable.</exception>
    internal void Preload() => _preloaded = DPoPKey.Create(SigningKey);

    /// <summary>Returns the key that <see cref="Preload"/> loaded, to the first caller only; otherwise null.</summary>
    internal DPoPKey? TakePreloaded() => Interlocked.Exchange(ref _preloaded, null);
}
