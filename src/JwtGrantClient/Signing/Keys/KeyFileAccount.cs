using System.Diagnostics;
using System.Runtime.Serialization;
using System.Text.Json.Serialization;

namespace JwtGrantClient.Signing;

/// <summary>What the file of a key contains about its client beside the key, such as the configuration file of a Box app.</summary>
/// <param name="subject">The account that the client acts as; null if the file does not say it.</param>
/// <param name="clientSecret">The secret of the client; null if the file has none.</param>
[DebuggerDisplay("account of a key file (redacted)")]
internal sealed class KeyFileAccount(string? subject, string? clientSecret)
{
    /// <summary>Gets the account that the client acts as, such as an enterprise; null if the file does not say it.</summary>
    public string? Subject { get; } = subject;

    /// <summary>Gets the secret of the client; null if the file has none.</summary>
    [JsonIgnore, IgnoreDataMember, DebuggerBrowsable(DebuggerBrowsableState.Never)]
    public string? ClientSecret { get; } = clientSecret;

    public override string ToString() => "account of a key file (redacted)";
}
