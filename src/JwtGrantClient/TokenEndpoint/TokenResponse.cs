using System.Diagnostics;
using System.Runtime.Serialization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace JwtGrantClient;

/// <summary>The response of the token endpoint (RFC 6749 section 5.1). Its text form does not contain the tokens.</summary>
[DebuggerDisplay("{ToString(),nq}")]
public sealed class TokenResponse
{
    /// <summary>Creates a response, for tests and your own implementations of <see cref="ITokenEndpoint"/>.</summary>
    /// <param name="accessToken">The access token.</param>
    public TokenResponse(AccessToken accessToken)
    {
        ArgumentNullException.ThrowIfNull(accessToken);
        AccessToken = accessToken;
    }

    /// <summary>Gets the access token.</summary>
    public AccessToken AccessToken { get; }

    /// <summary>
    /// Gets the refresh token, or null. An assertion grant does not need one: a new assertion does the same (RFC 7521 section 4.1).
    /// </summary>
    [JsonIgnore, IgnoreDataMember, DebuggerBrowsable(DebuggerBrowsableState.Never)]
    public string? RefreshToken { get; init; }

    /// <summary>Gets the ID token, or null. It is not validated.</summary>
    [JsonIgnore, IgnoreDataMember, DebuggerBrowsable(DebuggerBrowsableState.Never)]
    public string? IdToken { get; init; }

    /// <summary>Gets the <c>issued_token_type</c> of a token exchange (RFC 8693 section 2.2.1), or null.</summary>
    public string? IssuedTokenType { get; init; }

    /// <summary>Gets the scope that was granted. Null means the requested scope (RFC 6749 section 5.1).</summary>
    public string? Scope => AccessToken.Scope;

    /// <summary>Gets the <c>authorization_details</c> that were granted (RFC 9396 section 7), a JSON array; null if the server reported none.</summary>
    [JsonIgnore, IgnoreDataMember, DebuggerBrowsable(DebuggerBrowsableState.Never)]
    public JsonElement? AuthorizationDetails => AccessToken.AuthorizationDetails;

    /// <summary>Gets the members of the response that have no property in this class.</summary>
    [JsonIgnore, IgnoreDataMember, DebuggerBrowsable(DebuggerBrowsableState.Never)]
    public IReadOnlyDictionary<string, JsonElement> Members => AccessToken.Members;

    /// <summary>Returns a description that does not contain the tokens.</summary>
    public override string ToString() =>
        $"token response: {AccessToken}; refresh token: {Presence(RefreshToken)}; ID token: {Presence(IdToken)}";

    private static string Presence(string? secret) => secret is null ? "none" : "redacted";
}
