using System.Buffers.Text;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using JwtGrantClient.Credentials;
using JwtGrantClient.Protocol;
using JwtGrantClient.Signing;

namespace JwtGrantClient.TokenEndpoint;

/// <summary>The client certificate of the connections to the authorization server (RFC 8705).</summary>
internal sealed class ClientCertificate
{
    /// <summary>The settings for the password of the files.</summary>
    public static readonly SecretSettings PasswordSettings = new("Password", "PasswordEnvironmentVariable", "PasswordFile")
    {
        Ambiguous = settings => Problem(
            $"ClientCertificate has {(settings.Count == 2 ? "both " : "")}{string.Join(" and ", settings)}; keep the one that contains the password."),
        VariableNotSet = name => Problem(
            $"ClientCertificate:PasswordEnvironmentVariable: the environment variable {SettingText.QuoteVariable(name)} is not set. Set it, or correct the name. If the value is the password itself, set ClientCertificate:Password instead."),
        FileUnreadable = problem => Problem(
            problem.Describe("password", "ClientCertificate:PasswordFile", "ClientCertificate:Password"), problem.Cause),
    };

    // While a file is being replaced, the last certificate stays in use. The server reports it if that has expired.
    private readonly ReloadingValue<X509Certificate2> _certificate = new((_, _) => true);
    private readonly Func<X509Certificate2?, X509Certificate2> _read;

    private ClientCertificate(CertificateSource source, Func<X509Certificate2> read)
    {
        (Source, _read) = (source, _ => Read(read));
        _certificate.Get(_read);
    }

    /// <summary>Loads a certificate from files, which are read again for each connection.</summary>
    /// <exception cref="JwtGrantException">There is no certificate with a private key.</exception>
    public static ClientCertificate Load(ClientCertificateOptions options)
    {
        var (path, keyPath, password) = (options.Path!, options.KeyPath, options.PasswordSecret.Resolve());
        return new(new(options), () => Read(path, keyPath, password.Read()));
    }

    /// <summary>Creates a certificate from an object, whose key may be in a store or an HSM.</summary>
    public static ClientCertificate From(X509Certificate2 certificate) => certificate.HasPrivateKey
        ? new(new(certificate), () => EnsureSafe(certificate))
        : throw Problem($"The certificate '{certificate.Subject}' that was configured in code has no private key, which the connection requires. Load it with the key.");

    /// <summary>Gets where the certificate comes from.</summary>
    public CertificateSource Source { get; }

    /// <summary>Gets the thumbprint that the server binds tokens to: <c>x5t#S256</c> (RFC 8705 section 3.1).</summary>
    public string Thumbprint => Base64Url.EncodeToString(_certificate.LastGood!.GetCertHash(HashAlgorithmName.SHA256));

    /// <summary>Gets when the certificate that was read last expires.</summary>
    public DateTimeOffset ExpiresAt { get; private set; }

    /// <summary>Reads the certificate for a new connection.</summary>
    public X509Certificate2 ForConnection() => _certificate.Get(_read);

    // The date is copied: an application may dispose the certificate.
    private X509Certificate2 Read(Func<X509Certificate2> read)
    {
        var certificate = read();
        ExpiresAt = certificate.NotAfter.ToUniversalTime();
        return certificate;
    }

    private static X509Certificate2 Read(string path, string? keyPath, string? password)
    {
        try
        {
            var type = X509Certificate2.GetCertContentType(path);
            if (type == X509ContentType.Pkcs12)
                return Checked(X509CertificateLoader.LoadPkcs12FromFile(path, password), path);
            var pem = password is null
                ? X509Certificate2.CreateFromPemFile(path, keyPath)
                : X509Certificate2.CreateFromEncryptedPemFile(path, password, keyPath);
            // Windows uses only keys for TLS that were imported into its own store.
            return EnsureSafe(OperatingSystem.IsWindows() ? X509CertificateLoader.LoadPkcs12(pem.Export(X509ContentType.Pkcs12), null) : pem);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or CryptographicException)
        {
            // The message of the operating system contains the path.
            var cause = SettingText.IsShownAsPath(path) && (keyPath is null || SettingText.IsShownAsPath(keyPath)) ? e : null;
            throw Problem(
                $"ClientCertificate: no certificate with its private key could be read from {SettingText.QuotePath(path)}{(keyPath is null ? "" : $" and {SettingText.QuotePath(keyPath)}")}: {cause?.Message.TrimEnd('.') ?? e.GetType().Name}. Expected PEM with both (or the key in KeyPath), or PKCS#12. Check paths and password.",
                cause);
        }
    }

    private static X509Certificate2 Checked(X509Certificate2 certificate, string path) => certificate.HasPrivateKey
        ? EnsureSafe(certificate)
        : throw Problem($"ClientCertificate: the PKCS#12 file {SettingText.QuotePath(path)} contains no private key. Export it again with the key.");

    private static X509Certificate2 EnsureSafe(X509Certificate2 certificate) => RocaFingerprint.IsPresent(certificate)
        ? throw Problem($"The RSA key of the client certificate '{certificate.Subject}' {RocaFingerprint.Problem}")
        : certificate;

    private static JwtGrantException Problem(string message, Exception? inner = null) =>
        JwtGrantException.Configuration("client_certificate_unusable", message, inner);
}
