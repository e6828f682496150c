using System.Diagnostics;
using System.Runtime.Serialization;
using System.Text.Json.Serialization;
using JwtGrantClient.Credentials;
using JwtGrantClient.Signing;

namespace JwtGrantClient;

/// <summary>
/// Where the private key is, and how the server knows it. Exactly one of <see cref="Path"/>, <see cref="Text"/>, <see cref="EnvironmentVariable"/> and
/// <see cref="Certificate"/> is set. What it holds is told by its content: PEM (PKCS#8, PKCS#1, SEC 1, encrypted PKCS#8, a certificate beside
/// the key), PKCS#12, DER, a JWK, a JWK set, or a Google service account's JSON.
/// </summary>
public sealed class SigningKeyOptions
{
    private LoadedKey? _checked;

    /// <summary>
    /// A key file of at most 64 KiB; a relative path starts at the working directory. It is looked at again while it is in use, at most
    /// every five seconds: a new key takes over, a broken file leaves the last good key in place.
    /// </summary>
    public string? Path { get; set; }

    /// <summary>The key itself, for a secret store: any of the text formats, or base64 of a binary one. Never printed.</summary>
    [JsonIgnore, IgnoreDataMember, DebuggerBrowsable(DebuggerBrowsableState.Never)]
    public string? Text { get; set; }

    /// <summary>The name of an environment variable that holds such a text. A literal <c>\n</c> in it counts as a line's end.</summary>
    public string? EnvironmentVariable { get; set; }

    /// <summary>A certificate of the machine's certificate store, with its private key.</summary>
    public CertificateStoreOptions? Certificate { get; set; }

    /// <summary>
    /// Opens an encrypted PKCS#8 key or a PKCS#12 file. Never printed. Default: none. At most one of the three password settings is set.
    /// </summary>
    [JsonIgnore, IgnoreDataMember, DebuggerBrowsable(DebuggerBrowsableState.Never)]
    public string? Password { get; set; }

    /// <summary>The name of an environment variable that holds the password.</summary>
    public string? PasswordEnvironmentVariable { get; set; }

    /// <summary>A file that holds the password; line ends after it do not count.</summary>
    public string? PasswordFile { get; set; }

    /// <summary>
    /// The <c>kid</c> header, by which the server picks the key (RFC 7515 section 4.1.4); in a JWK set also the key to take. Default: by
    /// <see cref="KeyIdFrom"/>.
    /// </summary>
    public string? KeyId { get; set; }

    /// <summary>Where <c>kid</c> comes from while <see cref="KeyId"/> is not set. Default: <see cref="KeyIdSource.Key"/>.</summary>
    public KeyIdSource KeyIdFrom { get; set; }

    /// <summary>
    /// The JOSE name of the algorithm: RS256, RS384, RS512, PS256, PS384, PS512, ES256, ES384, ES512, ML-DSA-44, ML-DSA-65 or ML-DSA-87.
    /// Default: the JWK's alg; else RS256 for an RSA key, and the one that fits for any other.
    /// </summary>
    public string? Algorithm { get; set; }

    /// <summary>
    /// Whether the header names the certificate by its SHA-1 thumbprint, <c>x5t</c> (RFC 7515 section 4.1.7). Default: false.
    /// </summary>
    public bool X5t { get; set; }

    /// <summary>
    /// Whether the header names the certificate by its SHA-256 thumbprint, <c>x5t#S256</c> (RFC 7515 section 4.1.8). Default: false.
    /// </summary>
    public bool X5tS256 { get; set; }

    /// <summary>Whether the header carries the certificate and its chain, <c>x5c</c> (RFC 7515 section 4.1.6). Default: false.</summary>
    public bool X5c { get; set; }

    internal bool IsSet => KeySecret.IsSet || Certificate is not null;

    internal SecretSource KeySecret => new(Text, EnvironmentVariable, Path, KeySource.KeySettings);

    internal SecretSource PasswordSecret => new(Password, PasswordEnvironmentVariable, PasswordFile, KeySource.PasswordSettings);

    /// <summary>
    /// The key that the check of the settings loaded, for whoever comes first to use it: a key file is parsed, and decrypted, once.
    /// </summary>
    internal LoadedKey? TakeChecked() => Interlocked.Exchange(ref _checked, null);

    /// <summary>Loads the key, to be used later.</summary>
    /// <exception cref="JwtGrantException">Nothing, or nothing usable, was found.</exception>
    internal void Check() => _checked = SigningKeyLoader.Load(this);

    /// <summary>A copy that the caller's later changes do not reach.</summary>
    internal SigningKeyOptions Copy()
    {
        var copy = (SigningKeyOptions)MemberwiseClone();
        copy.Certificate = Certificate?.Copy();
        copy._checked = null;
        return copy;
    }
}

/// <summary>Where the <c>kid</c> header comes from while no KeyId is set.</summary>
public enum KeyIdSource
{
    /// <summary>From the key: a JWK's <c>kid</c>, a service account's <c>private_key_id</c>. A key without one sends none.</summary>
    Key,

    /// <summary>The JWK thumbprint of the public key, by SHA-256 (RFC 7638).</summary>
    JwkThumbprint,

    /// <summary>The certificate's SHA-1 thumbprint as certificate managers show it: 40 upper-case hexadecimal digits.</summary>
    CertificateThumbprint,
}
