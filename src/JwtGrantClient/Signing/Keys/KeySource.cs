using System.Diagnostics;
using System.Runtime.Serialization;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json.Serialization;
using JwtGrantClient.Credentials;

namespace JwtGrantClient.Signing;

/// <summary>What stands in the place that the settings name, not yet parsed, and the password that opens it.</summary>
[DebuggerDisplay("{Place,nq}")]
internal sealed class KeySource : IDisposable
{
    /// <summary>The settings that give the key.</summary>
    public static readonly SecretSettings KeySettings = new("Text", "EnvironmentVariable", "Path")
    {
        Ambiguous = places => JwtGrantException.Configuration(
            "signing_key_ambiguous", $"SigningKey has {string.Join(" and ", places)}; keep the one that holds the key."),
        VariableNotSet = name => Unreadable(SecretSettings.DescribeUnset(name, "SigningKey:EnvironmentVariable", "the key")),
        FileUnreadable = problem => Unreadable(problem.Describe("key", "SigningKey:Path"), problem.Cause),
    };

    /// <summary>The settings that give its password.</summary>
    public static readonly SecretSettings PasswordSettings = new("Password", "PasswordEnvironmentVariable", "PasswordFile")
    {
        Ambiguous = _ => PasswordProblem(
            "SigningKey has more than one of Password, PasswordEnvironmentVariable and PasswordFile; keep the one that holds the password."),
        VariableNotSet = name => PasswordProblem(
            SecretSettings.DescribeUnset(name, "SigningKey:PasswordEnvironmentVariable", "the password")),
        FileUnreadable = problem => Unreadable(problem.Describe("password", "SigningKey:PasswordFile"), problem.Cause),
    };

    private readonly bool _ownsCertificate;

    private KeySource(string place, byte[] bytes) => (Place, Bytes) = (place, bytes);

    private KeySource(string place, X509Certificate2 certificate, bool owned)
        : this(place, []) => (Certificate, _ownsCertificate) = (certificate, owned);

    /// <summary>The place, as an error message names it.</summary>
    public string Place { get; }

    [JsonIgnore, IgnoreDataMember, DebuggerBrowsable(DebuggerBrowsableState.Never)]
    public byte[] Bytes { get; }

    [JsonIgnore, IgnoreDataMember, DebuggerBrowsable(DebuggerBrowsableState.Never)]
    public string? Password { get; private init; }

    /// <summary>Set in place of <see cref="Bytes"/> where the place is a certificate store.</summary>
    public X509Certificate2? Certificate { get; }

    /// <summary>Reads the place that the settings name.</summary>
    /// <exception cref="JwtGrantException">No place, or more than one, is set; or it cannot be read.</exception>
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
            ? CertificateStore.Find(certificate)
            : new(PlaceOf(options), key.ReadBytes()!) { Password = options.PasswordSecret.Read() };
    }

    /// <param name="certificate">The certificate.</param>
    /// <param name="place">Where it came from.</param>
    /// <param name="owned">Whether it ends with this content. The key that was taken from it does not.</param>
    public static KeySource From(X509Certificate2 certificate, string place, bool owned) => new(place, certificate, owned);

    /// <summary>A key that needs no parsing.</summary>
    public static KeySource From(string place) => new(place, []);

    /// <summary>The same place, after a layer of encoding was taken off.</summary>
    public KeySource Decoded(byte[] bytes) => new(Place, bytes) { Password = Password };

    /// <summary>Tells one content from another without keeping it.</summary>
    public byte[] Fingerprint()
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(SHA256.HashData(Certificate is null ? Bytes : Certificate.RawDataMemory.Span));
        hash.AppendData(Encoding.UTF8.GetBytes(Password ?? ""));
        return hash.GetHashAndReset();
    }

    /// <summary>The error for a content that is no usable key: what was seen, then what to do. Neither may quote the content.</summary>
    public JwtGrantException Unusable(string seen, string remedy, Exception? inner = null) =>
        JwtGrantException.Configuration("signing_key_unusable", $"In {Place} {seen}. {remedy}", inner);

    /// <summary>The error for a content that the password does not open.</summary>
    /// <param name="format">What it is, with its article.</param>
    /// <param name="inner">How the attempt to open it failed.</param>
    public JwtGrantException DoesNotOpen(string format, Exception? inner = null) => PasswordProblem(
        Password is null
            ? $"In {Place} there is {format}, and no password is set. " +
                "Set one of SigningKey:Password, PasswordEnvironmentVariable and PasswordFile."
            : $"In {Place} there is {format}, which the password does not open. " +
                "Correct the password, or copy the file again if it is damaged.",
        inner);

    public void Dispose()
    {
        CryptographicOperations.ZeroMemory(Bytes);
        if (_ownsCertificate)
            Certificate!.Dispose();
    }

    private static string PlaceOf(SigningKeyOptions options) => options switch
    {
        { Path: { } path } => $"the key file '{path}'",
        { EnvironmentVariable: { } name } => $"the environment variable '{name}'",
        _ => "the key in SigningKey:Text",
    };

    private static JwtGrantException Unreadable(string message, Exception? inner = null) =>
        JwtGrantException.Configuration("signing_key_unreadable", message, inner);

    private static JwtGrantException PasswordProblem(string message, Exception? inner = null) =>
        JwtGrantException.Configuration("signing_key_password", message, inner);
}
