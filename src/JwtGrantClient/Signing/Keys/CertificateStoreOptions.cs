using System.Security.Cryptography.X509Certificates;

namespace JwtGrantClient;

/// <summary>A certificate of a store. Exactly one of <see cref="Thumbprint"/> and <see cref="Subject"/> is set.</summary>
public sealed class CertificateStoreOptions
{
    /// <summary>The SHA-1 (40) or SHA-256 (64) thumbprint: hexadecimal digits in any case; spaces and colons do not count.</summary>
    public string? Thumbprint { get; set; }

    /// <summary>
    /// The whole subject (<c>CN=batch, O=Example</c>) or its common name alone. Of several certificates with a private key the one that
    /// ends last is taken, so that a renewed one takes over.
    /// </summary>
    public string? Subject { get; set; }

    /// <summary>The store. Default: <c>My</c>, the personal one.</summary>
    public string StoreName { get; set; } = "My";

    /// <summary>Whose store it is. Default: <see cref="StoreLocation.CurrentUser"/>.</summary>
    public StoreLocation StoreLocation { get; set; } = StoreLocation.CurrentUser;

    internal CertificateStoreOptions Copy() => (CertificateStoreOptions)MemberwiseClone();
}
