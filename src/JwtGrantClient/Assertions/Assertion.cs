using System.Diagnostics;
using System.Globalization;
using System.Runtime.Serialization;
using System.Text.Json.Serialization;

namespace JwtGrantClient;

/// <summary>
/// A signed assertion. Until it expires it is as good as a password, so it cannot print itself: only <see cref="Value"/> reveals it.
/// </summary>
[DebuggerDisplay("{ToString(),nq}")]
public sealed class Assertion
{
    /// <summary>Makes an assertion, for sources and tests of your own.</summary>
    /// <param name="value">The assertion as it goes on the wire.</param>
    /// <param name="type">Its <c>client_assertion_type</c>.</param>
    /// <param name="expiresAt">When it ends.</param>
    public Assertion(string value, string type, DateTimeOffset expiresAt)
    {
        ArgumentException.ThrowIfNullOrEmpty(value);
        ArgumentException.ThrowIfNullOrEmpty(type);
        Value = value;
        Type = type;
        ExpiresAt = expiresAt;
    }

    /// <summary>The value of <c>client_assertion</c>. Send it to the authorization server only, once.</summary>
    [JsonIgnore, IgnoreDataMember, DebuggerBrowsable(DebuggerBrowsableState.Never)]
    public string Value { get; }

    /// <summary>The value of <c>client_assertion_type</c> (RFC 7521 section 4.2).</summary>
    public string Type { get; }

    /// <summary>The assertion's <c>exp</c>, to the second.</summary>
    public DateTimeOffset ExpiresAt { get; }

    /// <summary>Describes the assertion without revealing it.</summary>
    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"assertion ({Value.Length} characters, redacted), expires {ExpiresAt:u}");
}
