using System.Security.Cryptography.X509Certificates;

namespace JwtGrantClient.Signing;

/// <summary>Describes a key that was found: everything from which its names for the server can be made.</summary>
internal abstract class KeyDescription
{
    /// <summary>What it was found as, for messages.</summary>
    public required string Format { get; init; }

    /// <summary>The name that the key carries itself.</summary>
    public string? KeyId { get; init; }

    /// <summary>The key's certificate, where there is one.</summary>
    public X509Certificate2? Certificate { get; init; }

    /// <summary>Certificates of the chain, in any order.</summary>
    public X509Certificate2Collection Others { get; init; } = [];

    /// <summary>Returns the JWK thumbprint of the public key (RFC 7638).</summary>
    /// <param name="place">Where the key was found, for messages.</param>
    /// <exception cref="JwtGrantException">The public key is not known.</exception>
    public abstract string ComputeThumbprint(string place);
}
