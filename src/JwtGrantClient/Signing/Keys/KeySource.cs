using System.Diagnostics;
using System.Runtime.Serialization;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json.Serialization;

namespace JwtGrantClient.Signing;

/// <summary>What stands in the place that the settings name, not yet parsed, and the password that opens it.</summary>
[DebuggerDisplay("{Place,nq}")]
internal sealed class KeySource : IDisposable
{
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

    /// <exception cref="JwtGrantException">No place, or more than one, is set; or it cannot be read.</exception>
    public static KeySource Read(SigningKeyOptions options)
    {
        RequireOnePlace(options);
        return options switch
        {
            { Path: { } path } => new($"the key file '{path}'", KeyFile.Read(path, "key", "SigningKey:Path")) { Password = KeyPassword.Read(options) },
            { Text: { } text } => new("the key in SigningKey:Text", Encoding.UTF8.GetBytes(text)) { Password = KeyPassword.Read(options) },
            { EnvironmentVariable: { } name } => new($"the environment variable '{name}'", Encoding.UTF8.GetBytes(Variable(name)))
            {
                Password = KeyPassword.Read(options),
            },
            _ => CertificateStore.Find(options.Certificate!),
        };
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

    public void Dispose()
    {
        CryptographicOperations.ZeroMemory(Bytes);
        if (_ownsCertificate)
            Certificate!.Dispose();
    }

    private static void RequireOnePlace(SigningKeyOptions options)
    {
        string?[] set =
        [
            options.Path is null ? null : "Path", options.Text is null ? null : "Text",
            options.EnvironmentVariable is null ? null : "EnvironmentVariable", options.Certificate is null ? null : "Certificate",
        ];
        var places = set.OfType<string>().ToList();
        if (places.Count == 0)
            throw JwtGrantException.Configuration(
                "signing_key_missing", "No signing key is set. Set SigningKey:Path to a key file, or one of Text, EnvironmentVariable and " +
                "Certificate.");
        if (places.Count > 1)
            throw JwtGrantException.Configuration(
                "signing_key_ambiguous", $"SigningKey has {string.Join(" and ", places)}; keep the one that holds the key.");
    }

    private static string Variable(string name) => Environment.GetEnvironmentVariable(name) ?? throw JwtGrantException.Configuration(
        "signing_key_unreadable",
        $"The environment variable '{name}' is not set. SigningKey:EnvironmentVariable names the variable that holds the key; set it, or correct " +
        "the name.");
}
