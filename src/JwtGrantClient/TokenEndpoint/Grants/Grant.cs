using JwtGrantClient.Protocol;
using JwtGrantClient.TokenEndpoint;

namespace JwtGrantClient;

/// <summary>
/// What is exchanged for a token (RFC 6749 section 1.3): a closed set of values that write form fields. Independent of how the client
/// authenticates, so any grant goes with any client authentication (RFC 7521 section 4).
/// </summary>
public abstract class Grant
{
    private protected Grant()
    {
    }

    /// <summary>The value of <c>grant_type</c>.</summary>
    internal abstract string Type { get; }

    /// <summary>
    /// Whether the same grant may be sent again after a failure that leaves open whether the server saw it. A grant that was used up is
    /// sent again only where no connection was ever made, or where the server asks for a DPoP nonce.
    /// </summary>
    internal abstract bool MayBeRepeated { get; }

    /// <summary>Whether the answer may be another token than an access token, of the type <c>N_A</c> (RFC 8693 section 2.2.1).</summary>
    internal virtual bool MayYieldOtherTokens => false;

    /// <summary>
    /// Writes the grant's fields, save <c>grant_type</c>. Called once for each wire attempt, so what must be fresh is made here.
    /// </summary>
    internal abstract ValueTask WriteAsync(TokenRequestForm form, CancellationToken cancellationToken);

    /// <summary>
    /// A signed JWT (RFC 7523 section 2.1), from a provider that is asked for a fresh one at each attempt. It may be repeated.
    /// </summary>
    /// <param name="assertions">Gives the assertions.</param>
    /// <param name="request">What the token is for; subject and claims are passed to the provider.</param>
    public static Grant JwtBearer(AssertionProvider assertions, TokenRequest request) =>
        AssertionGrant.Create(GrantTypes.JwtBearer, assertions, request);

    /// <summary>One signed JWT of your own (RFC 7523 section 2.1), sent unchanged. It is single-use.</summary>
    /// <param name="assertion">The JWT in its compact form.</param>
    /// <param name="request">What the token is for, without subject and claims.</param>
    /// <exception cref="ArgumentException">The assertion is empty.</exception>
    public static Grant JwtBearer(string assertion, TokenRequest request) => AssertionGrant.Create(GrantTypes.JwtBearer, assertion, request);

    /// <summary>
    /// A SAML 2.0 assertion (RFC 7522 section 2.1), from a provider that is asked for a fresh one at each attempt. It may be repeated.
    /// </summary>
    /// <param name="assertions">Gives the assertions, each the base64url text of one Assertion element.</param>
    /// <param name="request">What the token is for; subject and claims are passed to the provider.</param>
    public static Grant Saml2Bearer(AssertionProvider assertions, TokenRequest request) =>
        AssertionGrant.Create(GrantTypes.Saml2Bearer, assertions, request);

    /// <summary>One SAML 2.0 assertion of your own (RFC 7522 section 2.1), sent unchanged. It is single-use.</summary>
    /// <param name="assertion">The base64url text of one Assertion element.</param>
    /// <param name="request">What the token is for, without subject and claims.</param>
    /// <exception cref="ArgumentException">The assertion is empty.</exception>
    public static Grant Saml2Bearer(string assertion, TokenRequest request) =>
        AssertionGrant.Create(GrantTypes.Saml2Bearer, assertion, request);

    /// <summary>The client's own authentication (RFC 6749 section 4.4). It may be repeated.</summary>
    /// <param name="request">What the token is for, without subject and claims. Default: whatever the server gives.</param>
    public static Grant ClientCredentials(TokenRequest? request = null) => new ClientCredentialsGrant(request ?? TokenRequest.Default);

    /// <summary>An authorization code from a user's login (RFC 6749 section 4.1.3). It is single-use.</summary>
    /// <param name="code">The code from the redirect.</param>
    /// <param name="redirectUri">The redirect URI of the authorization request, byte for byte; null where that had none.</param>
    /// <param name="codeVerifier">The PKCE verifier (RFC 7636 section 4.5); null where the authorization request had no challenge.</param>
    /// <exception cref="ArgumentException">The code is empty.</exception>
    public static Grant AuthorizationCode(string code, string? redirectUri = null, string? codeVerifier = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(code);
        return new AuthorizationCodeGrant(code, redirectUri, codeVerifier);
    }

    /// <summary>A refresh token (RFC 6749 section 6). It counts as single-use: servers replace it with each answer.</summary>
    /// <param name="refreshToken">The refresh token.</param>
    /// <param name="request">A narrower scope, say; without subject and claims. Default: as granted before.</param>
    /// <exception cref="ArgumentException">The refresh token is empty.</exception>
    public static Grant RefreshToken(string refreshToken, TokenRequest? request = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(refreshToken);
        return new RefreshTokenGrant(refreshToken, request ?? TokenRequest.Default);
    }

    /// <summary>
    /// One token for another (RFC 8693). It may be repeated. Where the server issues something else than an access token, the answer's
    /// <see cref="TokenResponse.AccessToken"/> is of the type <c>N_A</c>, and no handler puts it on a request.
    /// </summary>
    /// <param name="subject">The token of whom the new one is for.</param>
    /// <param name="actor">The token of who acts for them; null for impersonation.</param>
    /// <param name="requestedTokenType">Which kind of token is asked for, see <see cref="TokenTypes"/>; null leaves it to the server.</param>
    /// <param name="audience">The logical names of the services that the token is for. Default: none.</param>
    /// <param name="request">Scope, resources and parameters, without subject and claims. Default: whatever the server gives.</param>
    public static Grant TokenExchange(
        TypedToken subject,
        TypedToken? actor = null,
        string? requestedTokenType = null,
        IReadOnlyList<string>? audience = null,
        TokenRequest? request = null)
    {
        ArgumentNullException.ThrowIfNull(subject);
        return new TokenExchangeGrant(
            subject.ProvideAsync, actor is null ? null : actor.ProvideAsync, new(requestedTokenType, audience ?? []),
            WithoutSubject(request, GrantTypes.TokenExchange));
    }

    /// <summary>A grant that this library does not know (RFC 6749 section 4.5). It counts as single-use.</summary>
    /// <param name="grantType">The value of <c>grant_type</c>: by the RFC an absolute URI.</param>
    /// <param name="fields">Its own form fields; copied. Fields of client authentication may not be among them.</param>
    /// <param name="request">Scope, resources and parameters, without subject and claims. Default: none.</param>
    /// <exception cref="ArgumentException">The type is empty, or a field is not the grant's to write.</exception>
    public static Grant Custom(string grantType, IEnumerable<KeyValuePair<string, string>> fields, TokenRequest? request = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(grantType);
        ArgumentNullException.ThrowIfNull(fields);
        return new CustomGrant(grantType, [.. fields], WithoutSubject(request, grantType));
    }

    /// <summary>Checks that a request names no subject and no claims: they belong into an assertion, and this grant has none of ours.</summary>
    /// <exception cref="JwtGrantException">The request names a subject or claims.</exception>
    private protected static TokenRequest WithoutSubject(TokenRequest? request, string grantType) =>
        request is { Subject: not null } or { Claims.Count: > 0 }
            ? throw JwtGrantException.Configuration(
                "subject_without_assertion",
                $"The token request names a subject or claims, but this grant ({grantType}) has no place for them. Use a jwt-bearer or saml2-bearer " +
                "grant whose assertion is made for each request, or leave them out.")
            : request ?? TokenRequest.Default;
}
