using System.Diagnostics;
using System.Runtime.Serialization;
using System.Text.Json.Serialization;
using JwtGrantClient.Credentials;
using JwtGrantClient.Signing;

namespace JwtGrantClient;

/// <summary>
/// The options of a signing key: where the private key is, and how the server identifies it. Exactly one of <see cref="Path"/>,
/// <see cref="Text"/>, <see cref="EnvironmentVariable"/> and <see cref="Certificate"/> is required.
/// </summary>
/// <remarks>
/// The content of a file or text identifies its format: PEM (PKCS#8, encrypted PKCS#8, PKCS#1 or SEC 1, with or without certificates), PKCS#12, DER,
/// a JWK or JWK set (RFC 7517), or the JSON of a Google service account. RSA keys must have at least 2048 bits (RFC 7518 section 3.3). EC keys must
/// be on P-256, P-384 or P-521.
/// </remarks>
public sealed class SigningKeyOptions
{
    private LoadedKey? _preloaded;

    /// <summary>
    /// Gets or sets the path of a key file of at most 64 KiB. A relative path starts at the working directory. The file is read again while it is in
    /// use, at most every five seconds. If its content changes, the new key is used. If the new content is not a usable key, the last good key stays
    /// in use. Default: null.
    /// </summary>
    [JsonConverter(typeof(PlaceJsonConverter))]
    public string? Path { get; set; }

    /// <summary>
    /// Gets or sets the key as text, for a key from a secret store: a text format, or the base64 encoding of a binary format. It is never logged.
    /// Default: null.
    /// </summary>
    [JsonIgnore, IgnoreDataMember, DebuggerBrowsable(DebuggerBrowsableState.Never)]
    public string? Text { get; set; }

    /// <summary>
    /// Gets or sets the name of an environment variable that contains the key as text. A literal <c>\n</c> in a PEM text is read as a line break.
    /// Default: null.
    /// </summary>
    [JsonConverter(typeof(PlaceJsonConverter))]
    public string? EnvironmentVariable { get; set; }

    /// <summary>Gets or sets the options that select a certificate with its private key in a certificate store. Default: null.</summary>
    public CertificateStoreOptions? Certificate { get; set; }

    /// <summary>
    /// Gets or sets the password of an encrypted PKCS#8 key or a PKCS#12 file. It is never logged. At most one of Password,
    /// <see cref="PasswordEnvironmentVariable"/> and <see cref="PasswordFile"/> is allowed. Default: null.
    /// </summary>
    [JsonIgnore, IgnoreDataMember, DebuggerBrowsable(DebuggerBrowsableState.Never)]
    public string? Password { get; set; }

    /// <summary>Gets or sets the name of an environment variable that contains the password. Default: null.</summary>
    [JsonConverter(typeof(PlaceJsonConverter))]
    public string? PasswordEnvironmentVariable { get; set; }

    /// <summary>Gets or sets the path of a file that contains the password. Line breaks at the end are removed. Default: null.</summary>
    [JsonConverter(typeof(PlaceJsonConverter))]
    public string? PasswordFile { get; set; }

    /// <summary>
    /// Gets or sets the <c>kid</c> header parameter, by which the server selects the key (RFC 7515 section 4.1.4). It also selects the key of a JWK
    /// set. Default: null, which means the value of <see cref="KeyIdFrom"/>.
    /// </summary>
    [JsonConverter(typeof(SettingJsonConverter))]
    public string? KeyId { get; set; }

    /// <summary>Gets or sets how the <c>kid</c> is determined if <see cref="KeyId"/> is not set. Default: <see cref="KeyIdSource.Key"/>.</summary>
    public KeyIdSource KeyIdFrom { get; set; }

    /// <summary>
    /// Gets or sets the JOSE name of the algorithm: RS256, RS384, RS512, PS256, PS384, PS512, ES256, ES384, ES512 (RFC 7518 section 3.1), ML-DSA-44,
    /// ML-DSA-65 or ML-DSA-87 (RFC 9964). Default: null, which means the <c>alg</c> of the JWK, otherwise RS256 for an RSA key and the algorithm
    /// that fits any other key.
    /// </summary>
    [JsonConverter(typeof(SettingJsonConverter))]
    public string? Algorithm { get; set; }

    /// <summary>
    /// Gets or sets whether the header contains the SHA-1 thumbprint of the certificate, <c>x5t</c> (RFC 7515 section 4.1.7). Default: false.
    /// </summary>
    public bool X5t { get; set; }

    /// <summary>
    /// Gets or sets whether the header contains the SHA-256 thumbprint of the certificate, <c>x5t#S256</c> (RFC 7515 section 4.1.8). Default: false.
    /// </summary>
    public bool X5tS256 { get; set; }

    /// <summary>
    /// Gets or sets whether the header contains the certificate and its chain without the root, <c>x5c</c> (RFC 7515 section 4.1.6). Default: false.
    /// </summary>
    public bool X5c { get; set; }

    /// <summary>
    /// Gets or sets whether <c>x5c</c> also contains the root certificate, for a server that requires the whole chain. It requires <see cref="X5c"/>.
    /// Default: false.
    /// </summary>
    public bool X5cRoot { get; set; }

    /// <summary>Gets the client that the loaded key belongs to, by its file; null if the file does not say it, or is not loaded.</summary>
    internal string? Owner => _preloaded?.Signer.Identity.Owner;

    /// <summary>Gets what the file of the loaded key contains about the client; null if it contains nothing, or is not loaded.</summary>
    internal KeyFileAccount? Account => _preloaded?.Signer.Identity.Account;

    /// <summary>Gets the algorithm of the loaded key; null if it is not loaded.</summary>
    internal string? LoadedAlgorithm => _preloaded?.Signer.Algorithm;

    /// <summary>Gets whether the loaded key has no <c>kid</c> and its header no certificate; false if it is not loaded.</summary>
    internal bool IsUnnamed => _preloaded?.Signer.Identity is { KeyId: null, Header: null };

    internal bool IsSet => KeySecret.IsSet || Certificate is not null;

    internal SecretSource KeySecret => new(Text, EnvironmentVariable, Path, KeySource.KeySettings);

    internal SecretSource PasswordSecret => new(Password, PasswordEnvironmentVariable, PasswordFile, KeySource.PasswordSettings);

    /// <summary>
    /// Returns the key that <see cref="Preload"/> loaded, to the first caller only; otherwise null.
    /// </summary>
    internal LoadedKey? TakePreloaded() => Interlocked.Exchange(ref _preloaded, null);

    /// <summary>Loads the key when the options are validated, so that it is parsed and decrypted once at start-up.</summary>
    /// <exception cref="JwtGrantException">The key cannot be read or is not usable.</exception>
    internal void Preload() => _preloaded = SigningKeyLoader.Load(this);

    /// <summary>Returns a copy, which later changes of the original do not affect.</summary>
    internal SigningKeyOptions Copy()
    {
        var copy = (SigningKeyOptions)MemberwiseClone();
        copy.Certificate = Certificate?.Copy();
        copy._preloaded = null;
        return copy;
    }
}

/// <summary>How the <c>kid</c> header parameter is determined if <see cref="SigningKeyOptions.KeyId"/> is not set.</summary>
public enum KeyIdSource
{
    /// <summary>
    /// The <c>kid</c> of a JWK or the <c>private_key_id</c> of a service account. Other keys have no <c>kid</c>.
    /// </summary>
    Key,

    /// <summary>The JWK thumbprint of the public key with SHA-256 (RFC 7638).</summary>
    JwkThumbprint,

    /// <summary>The SHA-1 thumbprint of the certificate, as certificate managers show it: 40 upper-case hexadecimal digits.</summary>
    CertificateThumbprint,
}
