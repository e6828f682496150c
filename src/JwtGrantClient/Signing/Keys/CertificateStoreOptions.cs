using System.Security.Cryptography.X509Certificates;
using System.Text.Json.Serialization;
using JwtGrantClient.Signing;

namespace JwtGrantClient;

/// <summary>
/// The options that select a certificate in a certificate store. Exactly one of <see cref="Thumbprint"/> and <see cref="Subject"/> is required.
/// </summary>
public sealed class CertificateStoreOptions
{
    /// <summary>
    /// Gets or sets the SHA-1 thumbprint (40 hexadecimal digits) or SHA-256 thumbprint (64 digits), in upper or lower case. Other characters, such
    /// as spaces and colons, are ignored. Default: null.
    /// </summary>
    [JsonConverter(typeof(SettingJsonConverter))]
    public string? Thumbprint { get; set; }

    /// <summary>
    /// Gets or sets the whole subject, such as <c>CN=batch, O=Example</c>, or only its common name. If several certificates with a private key
    /// match, the one that expires last is used, so a renewed certificate replaces the older one. Default: null.
    /// </summary>
    [JsonConverter(typeof(SettingJsonConverter))]
    public string? Subject { get; set; }

    /// <summary>Gets or sets the name of the store. Default: <c>My</c>, the store for personal certificates.</summary>
    [JsonConverter(typeof(SettingJsonConverter))]
    public string StoreName { get; set; } = "My";

    /// <summary>Gets or sets the location of the store. Default: <see cref="StoreLocation.CurrentUser"/>.</summary>
    public StoreLocation StoreLocation { get; set; } = StoreLocation.CurrentUser;

    /// <summary>Returns the certificate of the store (docs/native-aot.md#what-a-program-contains).</summary>
    /// <exception cref="JwtGrantException">The store or the certificate does not exist, or the certificate has no private key.</exception>
    internal KeySource Find() => CertificateStore.Find(this);

    internal CertificateStoreOptions Copy() => (CertificateStoreOptions)MemberwiseClone();
}
