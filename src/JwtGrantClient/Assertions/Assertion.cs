using System.Diagnostics;
using System.Globalization;
using System.Runtime.Serialization;
using System.Text.Json.Serialization;
using JwtGrantClient.Protocol;

namespace JwtGrantClient;

/// <summary>
/// A signed assertion (RFC 7521 section 3). It is a credential until it expires, so only <see cref="Value"/> reveals it: <see cref="ToString"/>,
/// JSON serialization and the debugger do not show it.
/// </summary>
[DebuggerDisplay("{ToString(),nq}")]
public sealed class Assertion
{
    /// <summary>Initializes an assertion, for your own providers and tests.</summary>
    /// <param name="value">The assertion as it is sent: a JWT in compact form, or a SAML assertion in base64url.</param>
    /// <param name="type">The <c>client_assertion_type</c>. It is not sent if the assertion is a grant.</param>
    /// <param name="expiresAt">The time at which the assertion expires.</param>
    /// <exception cref="ArgumentException"><paramref name="value"/> or <paramref name="type"/> is null or empty.</exception>
    public Assertion(string value, string type, DateTimeOffset expiresAt)
    {
        ArgumentException.ThrowIfNullOrEmpty(value);
        ArgumentException.ThrowIfNullOrEmpty(type);
        Value = value;
        Type = type;
        ExpiresAt = expiresAt;
    }

    /// <summary>Gets the assertion, the value of <c>client_assertion</c>. Send it only to the authorization server, in one request.</summary>
    [JsonIgnore, IgnoreDataMember, DebuggerBrowsable(DebuggerBrowsableState.Never)]
    public string Value { get; }

    /// <summary>Gets the type, the value of <c>client_assertion_type</c> (RFC 7521 section 4.2).</summary>
    public string Type { get; }

    /// <summary>Gets the expiry, the <c>exp</c> claim of a JWT, in whole seconds.</summary>
    public DateTimeOffset ExpiresAt { get; }

    /// <summary>Describes the assertion without revealing it.</summary>
    /// <returns>The length and the expiry.</returns>
    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"assertion ({Value.Length} characters, redacted), expires {new UtcTime(ExpiresAt)}");
}
