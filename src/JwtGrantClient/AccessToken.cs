using System.Buffers;
using System.Diagnostics;
using System.Globalization;
using System.Runtime.Serialization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace JwtGrantClient;

/// <summary>
/// An access token and what the authorization server said of it. It cannot print itself: only <see cref="Value"/> reveals it.
/// </summary>
[DebuggerDisplay("{ToString(),nq}")]
public sealed class AccessToken
{
    private static readonly Dictionary<string, JsonElement> NoMembers = [];

    /// <summary>The token_type of a token that is not an access token (RFC 8693 section 2.2.1).</summary>
    internal const string NotApplicable = "N_A";

    /// <summary>A token by RFC 9110 section 5.6.2.</summary>
    private static readonly SearchValues<char> SchemeCharacters =
        SearchValues.Create("!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz");

    [DebuggerBrowsable(DebuggerBrowsableState.Never)]
    private string? _authorization;

    /// <summary>Makes a token, for sources and tests of your own.</summary>
    /// <param name="value">The token as the server sent it: visible ASCII, not empty.</param>
    /// <param name="expiresAt">When the server stops accepting it.</param>
    /// <param name="type">How it is presented, RFC 6749 section 7.1.</param>
    /// <param name="scope">The scope that was granted, or null where the server did not say.</param>
    /// <param name="members">Further members of the token response.</param>
    /// <exception cref="ArgumentException">The value or the type could not stand in an Authorization header.</exception>
    public AccessToken(
        string value,
        DateTimeOffset expiresAt,
        string type = "Bearer",
        string? scope = null,
        IReadOnlyDictionary<string, JsonElement>? members = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(type);
        if (type.AsSpan().ContainsAnyExcept(SchemeCharacters))
            throw new ArgumentException("The token type is no scheme of an Authorization header (RFC 9110 section 11.1).", nameof(type));
        if (!IsPresentable(value))
            throw new ArgumentException(
                "The access token is empty or holds a space, a control character or a non-ASCII character; it could not be sent as a " +
                "header.",
                nameof(value));
        Value = value;
        ExpiresAt = expiresAt;
        Type = type;
        Scope = scope;
        Members = members ?? NoMembers;
    }

    /// <summary>The secret itself. Whoever holds it can use it: send it only to the API it is for, and never log it.</summary>
    [JsonIgnore, IgnoreDataMember, DebuggerBrowsable(DebuggerBrowsableState.Never)]
    public string Value { get; }

    /// <summary>
    /// How the token is presented: <c>Bearer</c> (RFC 6750) or <c>DPoP</c> (RFC 9449), in this spelling whatever the server's was.
    /// <c>N_A</c> is no access token but what else a token exchange issued (RFC 8693 section 2.2.1); handlers refuse to send it.
    /// </summary>
    public string Type { get; }

    /// <summary>
    /// When the server stops accepting the token, by this machine's wall clock, counted from before the request was sent.
    /// </summary>
    public DateTimeOffset ExpiresAt { get; }

    /// <summary>The scope that was granted; null means as requested (RFC 6749 section 5.1).</summary>
    public string? Scope { get; }

    /// <summary>Members of the token response that have no property of their own, such as Salesforce's <c>instance_url</c>.</summary>
    [JsonIgnore, IgnoreDataMember, DebuggerBrowsable(DebuggerBrowsableState.Never)]
    public IReadOnlyDictionary<string, JsonElement> Members { get; }

    /// <summary>
    /// The Authorization header, made for the first request and shared by all: a typed header would be put together again for each.
    /// Null for what is no access token.
    /// </summary>
    [DebuggerBrowsable(DebuggerBrowsableState.Never)]
    internal string? Authorization => _authorization ??= Type == NotApplicable ? null : $"{Type} {Value}";

    /// <summary>Proves possession of the key that the token is bound to; null for one that needs no proof.</summary>
    [DebuggerBrowsable(DebuggerBrowsableState.Never)]
    internal ITokenProof? Proof { get; init; }

    /// <summary>The whole life that the server gave the token; null where it came from a source that did not say.</summary>
    internal TimeSpan? Lifetime { get; init; }

    /// <summary>Describes the token without revealing it.</summary>
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture, $"{Type} access token ({Value.Length} characters, redacted), expires {ExpiresAt:u}");

    /// <summary>RFC 6749 appendix A.12, less the space, which would end the token in a header (RFC 6750 section 2.1).</summary>
    internal static bool IsPresentable(string? value) => !string.IsNullOrEmpty(value) && !value.AsSpan().ContainsAnyExceptInRange('!', '~');
}
