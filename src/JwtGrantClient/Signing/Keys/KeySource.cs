using System.Diagnostics;
using System.Runtime.Serialization;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json.Serialization;
using JwtGrantClient.Credentials;
using JwtGrantClient.Protocol;

namespace JwtGrantClient.Signing;

/// <summary>The content of the configured source of a key, not yet parsed, and its password.</summary>
[DebuggerDisplay("{Place,nq}")]
internal sealed class KeySource : IDisposable
{
    /// <summary>What to do if there is only a public key.</summary>
    public const string PrivateKeyRemedy = "Signing requires the private key; the public key is for the server.";

    /// <summary>The settings of the key.</summary>
    public static readonly SecretSettings KeySettings = new("Text", "EnvironmentVariable", "Path")
    {
        Ambiguous = places => JwtGrantException.Configuration(
            "signing_key_ambiguous", $"SigningKey has {string.Join(" and ", places)}; keep only the setting that contains the key."),
        VariableNotSet = name => Unreadable(SecretSettings.DescribeNotSet(name, "SigningKey:EnvironmentVariable", "the key", "SigningKey:Text")),
        FileUnreadable = problem => Unreadable(problem.Describe("key", "SigningKey:Path", "SigningKey:Text"), problem.Cause),
    };

    /// <summary>The settings of the password.</summary>
    public static readonly SecretSettings PasswordSettings = new("Password", "PasswordEnvironmentVariable", "PasswordFile")
    {
        Ambiguous = _ => PasswordProblem(
            "SigningKey has more than one of Password, PasswordEnvironmentVariable and PasswordFile; keep only the setting that contains the password."),
        VariableNotSet = name => PasswordProblem(
            SecretSettings.DescribeNotSet(name, "SigningKey:PasswordEnvironmentVariable", "the password", "SigningKey:Password")),
        FileUnreadable = problem => Unreadable(problem.Describe("password", "SigningKey:PasswordFile", "SigningKey:Password"), problem.Cause),
    };

    private readonly bool _ownsCertificate;

    private KeySource(string place, byte[] bytes) => (Place, Bytes) = (place, bytes);

    private KeySource(string place, X509Certificate2 certificate, bool owned)
        : this(place, []) => (Certificate, _ownsCertificate) = (certificate, owned);

    /// <summary>Gets the source, as error messages name it.</summary>
    public string Place { get; }

    [JsonIgnore, IgnoreDataMember, DebuggerBrowsable(DebuggerBrowsableState.Never)]
    public byte[] Bytes { get; }

    [JsonIgnore, IgnoreDataMember, DebuggerBrowsable(DebuggerBrowsableState.Never)]
    public string? Password { get; private init; }

    /// <summary>Gets the certificate, if the source is a certificate or a certificate store. <see cref="Bytes"/> is empty then.</summary>
    public X509Certificate2? Certificate { get; }

    /// <summary>Reads the configured source.</summary>
    /// <exception cref="JwtGrantException">No source or more than one is configured, or the source cannot be read.</exception>
    public static KeySource Read(SigningKeyOptions options)
    {
        var key = options.KeySecret;
        string[] places = [.. key.SettingsInUse, .. options.Certificate is null ? [] : new[] { "Certificate" }];
        if (places.Length == 0)
            throw JwtGrantException.Configuration(
                "signing_key_missing",
                "No signing key is set. Set SigningKey:Path to a key file, or one of Text, EnvironmentVariable and Certificate.");
        if (places.Length > 1)
            throw KeySettings.Ambiguous(places);
        return options.Certificate is { } certificate
            ? certificate.Find()
            : new(DescribePlace(options), key.ReadBytes()!) { Password = options.PasswordSecret.Read() };
    }

    /// <summary>Creates a source from a certificate.</summary>
    /// <param name="certificate">The certificate.</param>
    /// <param name="place">The source of the certificate, for messages.</param>
    /// <param name="owned">Whether the certificate is disposed with this object. A key that was extracted from it is not.</param>
    public static KeySource From(X509Certificate2 certificate, string place, bool owned) => new(place, certificate, owned);

    /// <summary>Creates a source for a key that is already an object; only the name is used.</summary>
    public static KeySource From(string place) => new(place, []);

    /// <summary>Returns the same source with decoded content.</summary>
    public KeySource WithBytes(byte[] bytes) => new(Place, bytes) { Password = Password };

    /// <summary>Returns the same source with the password that its content has, and without the content.</summary>
    public KeySource WithPassword(string password) => new(Place, []) { Password = password };

    /// <summary>Returns a hash of the content and the password, to detect a change without storing them.</summary>
    public byte[] ComputeFingerprint()
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(SHA256.HashData(Certificate is null ? Bytes : Certificate.RawDataMemory.Span));
        hash.AppendData(Encoding.UTF8.GetBytes(Password ?? ""));
        return hash.GetHashAndReset();
    }

    /// <summary>Creates the exception for content that is not a usable key. The message must not contain any part of the content.</summary>
    /// <param name="seen">What was found: a phrase that continues "In the key file ...".</param>
    /// <param name="remedy">What to do: one or more sentences.</param>
    /// <param name="inner">The cause.</param>
    public JwtGrantException Unusable(string seen, string remedy, Exception? inner = null) =>
        JwtGrantException.Configuration("signing_key_unusable", $"In {Place} {seen}. {remedy}", inner);

    /// <summary>Creates the exception for encrypted content whose password is missing or wrong.</summary>
    /// <param name="format">The format of the content, with an article.</param>
    /// <param name="inner">The cause.</param>
    public JwtGrantException CreatePasswordException(string format, Exception? inner = null) => PasswordProblem(
        Password is null
            ? $"In {Place} there is {format}, and no password is set. " +
                "Set one of SigningKey:Password, PasswordEnvironmentVariable and PasswordFile."
            : $"In {Place} there is {format}, which cannot be decrypted with the password. " +
                "Correct the password, or copy the file again if it is damaged.",
        inner);

    public void Dispose()
    {
        CryptographicOperations.ZeroMemory(Bytes);
        if (_ownsCertificate)
            Certificate!.Dispose();
    }

    private static string DescribePlace(SigningKeyOptions options) => options switch
    {
        { Path: { } path } => $"the key file {SettingText.QuotePath(path)}",
        { EnvironmentVariable: { } name } => $"the environment variable {SettingText.QuoteVariable(name)}",
        _ => "SigningKey:Text",
    };

    private static JwtGrantException Unreadable(string message, Exception? inner = null) =>
        JwtGrantException.Configuration("signing_key_unreadable", message, inner);

    private static JwtGrantException PasswordProblem(string message, Exception? inner = null) =>
        JwtGrantException.Configuration("signing_key_password", message, inner);
}
