using System.Diagnostics;
using System.Runtime.Serialization;
using System.Text.Json.Serialization;

namespace JwtGrantClient;

/// <summary>Where the private key is, and how the server knows it. Exactly one of <see cref="Path"/> and <see cref="Text"/> is set.</summary>
public sealed class SigningKeyOptions
{
    /// <summary>A PEM file with an unencrypted private key: PKCS#8, PKCS#1 or SEC 1; at most 64 KiB. A relative path starts at the working directory.</summary>
    public string? Path { get; set; }

    /// <summary>The PEM text itself, for a key that comes from a secret store or an environment variable. Never printed.</summary>
    [JsonIgnore, IgnoreDataMember, DebuggerBrowsable(DebuggerBrowsableState.Never)]
    public string? Text { get; set; }

    /// <summary>The <c>kid</c> header, by which the server picks the key (RFC 7515 section 4.1.4). Default: none is sent.</summary>
    public string? KeyId { get; set; }

    /// <summary>
    /// The JOSE name of the algorithm: RS256, RS384, RS512, PS256, PS384, PS512, ES256, ES384 or ES512. Default: RS256 for an RSA key,
    /// the one that fits the curve for an EC key.
    /// </summary>
    public string? Algorithm { get; set; }

    internal bool IsSet => Path is not null || Text is not null;
}
