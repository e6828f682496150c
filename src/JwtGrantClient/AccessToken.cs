using System.Buffers;
using System.Diagnostics;
using System.Globalization;
using System.Runtime.Serialization;
using System.Text.Json;
using System.Text.Json.Serialization;
using JwtGrantClient.Protocol;

namespace JwtGrantClient;

/// <summary>
/// An access token and what the authorization server reported about it (RFC 6749 section 5.1). Only <see cref="Value"/> reveals the secret:
/// <see cref="ToString"/>, JSON serialization and the debugger do not show it.
/// </summary>
/// <example>
/// Puts a token on a request. <see cref="AccessTokenHandler"/> does this for every request of an HttpClient.
/// <code>
/// AccessToken token = await tokens.GetTokenAsync(cancellationToken);
/// using var request = new HttpRequestMessage(HttpMethod.Get, "https://api.example.com/reports");
/// request.Headers.Authorization = new AuthenticationHeaderValue(token.Type, token.Value);
/// </code>
/// </example>
[DebuggerDisplay("{ToString(),nq}")]
public sealed class AccessToken
{
    private static readonly Dictionary<string, JsonElement> NoMembers = [];

    /// <summary>The token_type of a token that is not an access token (RFC 8693 section 2.2.1).</summary>
    internal const string NotApplicable = "N_A";

    /// <summary>The characters of a token (RFC 9110 section 5.6.2), which is the syntax of an authentication scheme.</summary>
    private static readonly SearchValues<char> SchemeCharacters =
        SearchValues.Create("!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz");

    [DebuggerBrowsable(DebuggerBrowsableState.Never)]
    private string? _authorization;

    /// <summary>Initializes an access token, for your own token sources and tests.</summary>
    /// <param name="value">The token: visible ASCII characters (U+0021 to U+007E), not empty.</param>
    /// <param name="expiresAt">The time from which the authorization server and the APIs no longer accept the token.</param>
    /// <param name="type">The authentication scheme that presents the token (RFC 6749 section 7.1). Default: <c>Bearer</c>.</param>
    /// <param name="scope">The granted scope (RFC 6749 section 3.3). Default: null, which means the requested scope.</param>
    /// <param name="members">Other members of the token response. Default: none.</param>
    /// <exception cref="ArgumentNullException"><paramref name="type"/> is null.</exception>
    /// <exception cref="ArgumentException">
    /// <paramref name="value"/> is null or empty, or <paramref name="value"/> or <paramref name="type"/> contains a character that is not
    /// allowed in an Authorization header.
    /// </exception>
    public AccessToken(
        string value,
        DateTimeOffset expiresAt,
        string type = "Bearer",
        string? scope = null,
        IReadOnlyDictionary<string, JsonElement>? members = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(type);
        if (type.AsSpan().ContainsAnyExcept(SchemeCharacters))
            throw new ArgumentException("The token type is not a valid authentication scheme (RFC 9110 section 11.1).", nameof(type));
        if (!IsValidValue(value))
            throw new ArgumentException(
                "The access token is empty or contains a space, a control character or a non-ASCII character; it cannot be sent in a header.",
                nameof(value));
        Value = value;
        ExpiresAt = expiresAt;
        Type = type;
        Scope = scope;
        Members = members ?? NoMembers;
    }

    /// <summary>
    /// Gets the token itself. Any party that has it can use it, unless the token is bound to a key. Send it only to the API that it is for,
    /// and do not log it.
    /// </summary>
    [JsonIgnore, IgnoreDataMember, DebuggerBrowsable(DebuggerBrowsableState.Never)]
    public string Value { get; }

    /// <summary>
    /// Gets the authentication scheme that presents the token: <c>Bearer</c> (RFC 6750) or <c>DPoP</c> (RFC 9449). A server may send it in any
    /// case; this property has it as written here.
    /// </summary>
    /// <remarks>
    /// <c>N_A</c> marks a token that a token exchange issued and that is not an access token (RFC 8693 section 2.2.1).
    /// <see cref="AccessTokenHandler"/> does not send it.
    /// </remarks>
    public string Type { get; }

    /// <summary>
    /// Gets the time from which the token is no longer accepted, by the wall clock of this machine. It is calculated from <c>expires_in</c> and
    /// the time before the token request was sent.
    /// </summary>
    public DateTimeOffset ExpiresAt { get; }

    /// <summary>
    /// Gets the granted scope as the server reported it; null if it reported none, which means the requested scope (RFC 6749 section 5.1). It may be less
    /// than the requested scope: the token is used nevertheless, and the difference is logged once.
    /// </summary>
    public string? Scope { get; }

    /// <summary>
    /// Gets the members of the token response that have no property here, such as Salesforce's <c>instance_url</c>. Members that exceed
    /// <see cref="JwtGrantOptions.MaxMembersSize"/> together are missing.
    /// </summary>
    [JsonIgnore, IgnoreDataMember, DebuggerBrowsable(DebuggerBrowsableState.Never)]
    public IReadOnlyDictionary<string, JsonElement> Members { get; }

    /// <summary>
    /// Gets the <c>authorization_details</c> that the server granted (RFC 9396 section 7), a JSON array; null if it reported none. They are one of
    /// <see cref="Members"/>.
    /// </summary>
    [JsonIgnore, IgnoreDataMember, DebuggerBrowsable(DebuggerBrowsableState.Never)]
    public JsonElement? AuthorizationDetails =>
        Members.TryGetValue("authorization_details", out var details) && details.ValueKind == JsonValueKind.Array ? details : null;

    /// <summary>
    /// Gets the value of the Authorization header, built once and shared by all requests: an AuthenticationHeaderValue would be formatted again
    /// for each request. Null if the token is not an access token.
    /// </summary>
    [DebuggerBrowsable(DebuggerBrowsableState.Never)]
    internal string? Authorization => _authorization ??= Type == NotApplicable ? null : $"{Type} {Value}";

    /// <summary>Gets the object that proves possession of the key that the token is bound to; null for a token without a key.</summary>
    [DebuggerBrowsable(DebuggerBrowsableState.Never)]
    internal ITokenProof? Proof { get; init; }

    /// <summary>Gets whether another process acquired the token, so that it may have been rejected or revoked since.</summary>
    internal bool IsAdopted { get; init; }

    /// <summary>Gets or sets whether the server granted less scope than was requested.</summary>
    internal bool HasLessScope { get; set; }

    /// <summary>Gets the lifetime that the server gave the token; null if the source of the token does not report it.</summary>
    internal TimeSpan? Lifetime { get; init; }

    /// <summary>Returns the token with an earlier expiry, for one that is a JWT; the same token if that is not earlier.</summary>
    internal AccessToken Until(DateTimeOffset? expiresAt) => expiresAt is not { } end || end >= ExpiresAt ? this : new(Value, end, Type, Scope, Members)
    {
        Proof = Proof, Lifetime = Lifetime - (ExpiresAt - end) is var lifetime && lifetime < TimeSpan.Zero ? TimeSpan.Zero : lifetime,
    };

    /// <summary>Describes the token without revealing it.</summary>
    /// <returns>The type, the length and the expiry.</returns>
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture, $"{Type} access token ({Value.Length} characters, redacted), expires {new UtcTime(ExpiresAt)}");

    /// <summary>
    /// Returns whether a text has the syntax of an access token (RFC 6749 appendix A.12). The space that the appendix allows is not accepted: it
    /// would end the token in a header (RFC 6750 section 2.1).
    /// </summary>
    internal static bool IsValidValue(string? value) => !string.IsNullOrEmpty(value) && !value.AsSpan().ContainsAnyExceptInRange('!', '~');
}
