using System.Diagnostics;
using System.Runtime.Serialization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace JwtGrantClient;

/// <summary>What the token endpoint answered (RFC 6749 section 5.1). It cannot print its secrets.</summary>
[DebuggerDisplay("{ToString(),nq}")]
public sealed class TokenResponse
{
    /// <summary>Makes a response, for endpoints and tests of your own.</summary>
    /// <param name="accessToken">The access token.</param>
    public TokenResponse(AccessToken accessToken)
    {
        ArgumentNullException.ThrowIfNull(accessToken);
        AccessToken = accessToken;
    }

    /// <summary>The access token.</summary>
    public AccessToken AccessToken { get; }

    /// <summary>
    /// The refresh token, or null. An assertion grant has no use for one: a new assertion does the same (RFC 7521 section 4.1).
    /// </summary>
    [JsonIgnore, IgnoreDataMember, DebuggerBrowsable(DebuggerBrowsableState.Never)]
    public string? RefreshToken { get; init; }

    /// <summary>The ID token, or null. Not validated here.</summary>
    [JsonIgnore, IgnoreDataMember, DebuggerBrowsable(DebuggerBrowsableState.Never)]
    public string? IdToken { get; init; }

    /// <summary>The <c>issued_token_type</c> of a token exchange (RFC 8693 section 2.2.1), or null.</summary>
    public string? IssuedTokenType { get; init; }

    /// <summary>The scope that was granted; null means as requested.</summary>
    public string? Scope => AccessToken.Scope;

    /// <summary>Members of the response that have no property of their own.</summary>
    [JsonIgnore, IgnoreDataMember, DebuggerBrowsable(DebuggerBrowsableState.Never)]
    public IReadOnlyDictionary<string, JsonElement> Members => AccessToken.Members;

    /// <summary>Describes the response without revealing its tokens.</summary>
    public override string ToString() =>
        $"token response: {AccessToken}; refresh token: {Presence(RefreshToken)}; ID token: {Presence(IdToken)}";

    private static string Presence(string? secret) => secret is null ? "none" : "redacted";
}
