using System.Diagnostics;
using System.Runtime.Serialization;
using System.Text.Json.Serialization;
using JwtGrantClient.Credentials;
using JwtGrantClient.TokenEndpoint;

namespace JwtGrantClient;

/// <summary>
/// The certificate that the client shows the authorization server (RFC 8705), with its private key. Read again for each new connection, so
/// that a renewed file takes over within two minutes.
/// </summary>
public sealed class ClientCertificateOptions
{
    private ClientCertificate? _preloaded;

    /// <summary>A PEM file with the certificate (its issuers may follow), or a PKCS#12 file.</summary>
    public string? Path { get; set; }

    /// <summary>The PEM file with the private key, where it is not in <see cref="Path"/>.</summary>
    public string? KeyPath { get; set; }

    /// <summary>
    /// Opens an encrypted key or a PKCS#12 file. Never printed. Default: none. At most one of the three password settings is set.
    /// </summary>
    [JsonIgnore, IgnoreDataMember, DebuggerBrowsable(DebuggerBrowsableState.Never)]
    public string? Password { get; set; }

    /// <summary>The name of an environment variable that holds the password.</summary>
    public string? PasswordEnvironmentVariable { get; set; }

    /// <summary>
    /// A file that holds the password, of at most 64 KiB; line ends after it do not count. Read again together with the certificate.
    /// </summary>
    public string? PasswordFile { get; set; }

    internal SecretSource PasswordSecret => new(Password, PasswordEnvironmentVariable, PasswordFile, ClientCertificate.PasswordSettings);

    /// <summary>Loads the certificate, to be used later.</summary>
    /// <exception cref="JwtGrantException">There is no certificate with a private key.</exception>
    internal void Preload() => _preloaded = ClientCertificate.Load(this);

    /// <summary>Returns the certificate that <see cref="Preload"/> loaded to the first caller: it is read, and decrypted, once at start-up.</summary>
    internal ClientCertificate? TakePreloaded() => Interlocked.Exchange(ref _preloaded, null);
}
