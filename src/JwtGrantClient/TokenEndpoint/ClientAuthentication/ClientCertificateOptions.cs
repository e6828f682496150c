using System.Diagnostics;
using System.Runtime.Serialization;
using System.Text.Json.Serialization;
using JwtGrantClient.Credentials;
using JwtGrantClient.TokenEndpoint;

namespace JwtGrantClient;

/// <summary>
/// The certificate, with its private key, that the client uses for connections to the authorization server (RFC 8705). The files are read again for
/// each new connection, so that a replaced file takes effect within two minutes.
/// </summary>
public sealed class ClientCertificateOptions
{
    private ClientCertificate? _preloaded;

    /// <summary>Gets or sets the path of a PEM file with the certificate (its issuers may follow), or of a PKCS#12 file. Default: null, no certificate.</summary>
    [JsonConverter(typeof(PlaceJsonConverter))]
    public string? Path { get; set; }

    /// <summary>Gets or sets the path of the PEM file with the private key. Default: null, the key is in <see cref="Path"/>.</summary>
    [JsonConverter(typeof(PlaceJsonConverter))]
    public string? KeyPath { get; set; }

    /// <summary>
    /// Gets or sets the password of an encrypted key or a PKCS#12 file. At most one of the three password settings may be set. Default: none.
    /// </summary>
    [JsonIgnore, IgnoreDataMember, DebuggerBrowsable(DebuggerBrowsableState.Never)]
    public string? Password { get; set; }

    /// <summary>Gets or sets the name of an environment variable that contains the password. Default: none.</summary>
    [JsonConverter(typeof(PlaceJsonConverter))]
    public string? PasswordEnvironmentVariable { get; set; }

    /// <summary>
    /// Gets or sets the path of a file that contains the password, of at most 64 KiB. Trailing line breaks are ignored. The file is read again with the
    /// certificate. Default: none.
    /// </summary>
    [JsonConverter(typeof(PlaceJsonConverter))]
    public string? PasswordFile { get; set; }

    internal SecretSource PasswordSecret => new(Password, PasswordEnvironmentVariable, PasswordFile, ClientCertificate.PasswordSettings);

    /// <summary>Loads the certificate for later use.</summary>
    /// <exception cref="JwtGrantException">There is no certificate with a private key.</exception>
    internal void Preload() => _preloaded = ClientCertificate.Load(this);

    /// <summary>
    /// Returns the certificate that <see cref="Preload"/> loaded, once, or loads it. It is a method of the options, so that a native program without them does
    /// not contain the code of client certificates (docs/native-aot.md#what-a-program-contains).
    /// </summary>
    /// <exception cref="JwtGrantException">There is no certificate with a private key.</exception>
    internal ClientCertificate Open() => TakePreloaded() ?? ClientCertificate.Load(this);

    /// <summary>Returns the certificate that <see cref="Preload"/> loaded, once. It is read and decrypted once at start-up.</summary>
    internal ClientCertificate? TakePreloaded() => Interlocked.Exchange(ref _preloaded, null);
}
