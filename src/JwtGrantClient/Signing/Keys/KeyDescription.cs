using System.Security.Cryptography.X509Certificates;

namespace JwtGrantClient.Signing;

/// <summary>Describes a loaded key: everything that identifies it to the server.</summary>
internal abstract class KeyDescription
{
    /// <summary>Gets the format that the key was loaded from, for messages.</summary>
    public required string Format { get; init; }

    /// <summary>Gets the id that the format contains, such as the <c>kid</c> of a JWK; null if there is none.</summary>
    public string? KeyId { get; init; }

    /// <summary>Gets the client that the key belongs to, such as the <c>client_email</c> of a service account; null if the format does not say it.</summary>
    public string? Owner { get; init; }

    /// <summary>Gets what the format contains about the client beside the key; null if it contains nothing.</summary>
    public KeyFileAccount? Account { get; init; }

    /// <summary>Gets the certificate of the key; null if there is none.</summary>
    public X509Certificate2? Certificate { get; init; }

    /// <summary>Gets the other certificates of the chain, in any order.</summary>
    public X509Certificate2Collection OtherCertificates { get; init; } = [];

    /// <summary>Returns the JWK thumbprint of the public key (RFC 7638).</summary>
    /// <param name="place">The source of the key, for messages.</param>
    /// <exception cref="JwtGrantException">The public key is not available.</exception>
    public abstract string ComputeThumbprint(string place);
}
