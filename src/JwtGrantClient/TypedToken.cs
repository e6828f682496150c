using System.Diagnostics;
using System.Runtime.Serialization;
using System.Text.Json.Serialization;

namespace JwtGrantClient;

/// <summary>A token to exchange, with its type (RFC 8693 section 3). Its text form does not contain the token.</summary>
[DebuggerDisplay("{ToString(),nq}")]
public sealed class TypedToken
{
    /// <summary>Creates a token with its type.</summary>
    /// <param name="value">The token.</param>
    /// <param name="type">The type: one of <see cref="TokenTypes"/>, or a URI that the server knows.</param>
    /// <exception cref="ArgumentException"><paramref name="value"/> or <paramref name="type"/> is empty.</exception>
    public TypedToken(string value, string type)
    {
        ArgumentException.ThrowIfNullOrEmpty(value);
        ArgumentException.ThrowIfNullOrEmpty(type);
        Value = value;
        Type = type;
    }

    /// <summary>Gets the token itself, which is a secret.</summary>
    [JsonIgnore, IgnoreDataMember, DebuggerBrowsable(DebuggerBrowsableState.Never)]
    public string Value { get; }

    /// <summary>Gets the type of the token.</summary>
    public string Type { get; }

    /// <summary>Returns a description that does not contain the token.</summary>
    public override string ToString() => $"{Type} ({Value.Length} characters, redacted)";
}

/// <summary>The token types of RFC 8693 section 3 and of drafts that build on it, for <see cref="TypedToken"/> and <c>requested_token_type</c>.</summary>
public static class TokenTypes
{
    /// <summary>An OAuth 2.0 access token.</summary>
    public const string AccessToken = "urn:ietf:params:oauth:token-type:access_token";

    /// <summary>An OAuth 2.0 refresh token.</summary>
    public const string RefreshToken = "urn:ietf:params:oauth:token-type:refresh_token";

    /// <summary>An OpenID Connect ID token.</summary>
    public const string IdToken = "urn:ietf:params:oauth:token-type:id_token";

    /// <summary>A JWT of any other kind.</summary>
    public const string Jwt = "urn:ietf:params:oauth:token-type:jwt";

    /// <summary>A base64url-encoded SAML 2.0 assertion.</summary>
    public const string Saml2 = "urn:ietf:params:oauth:token-type:saml2";

    /// <summary>An identity assertion JWT authorization grant (draft-ietf-oauth-identity-assertion-authz-grant), the grant at another authorization server.</summary>
    public const string IdJag = "urn:ietf:params:oauth:token-type:id-jag";

    /// <summary>A transaction token (draft-ietf-oauth-transaction-tokens), which is sent in the header <c>Txn-Token</c>.</summary>
    public const string TransactionToken = "urn:ietf:params:oauth:token-type:txn_token";
}
