using JwtGrantClient.Protocol;
using JwtGrantClient.TokenEndpoint;

namespace JwtGrantClient;

/// <summary>
/// An authorization grant that is exchanged for a token (RFC 6749 section 1.3). It is independent of the client authentication, so that every grant
/// works with every method (RFC 7521 section 4). The factory methods create all grants.
/// </summary>
/// <example>
/// <code>
/// TokenResponse refreshed = await endpoint.RequestAsync(Grant.RefreshToken(refreshToken));
///
/// TokenResponse delegated = await endpoint.RequestAsync(
///     Grant.TokenExchange(new TypedToken(userToken, TokenTypes.AccessToken), audience: ["billing"]));
/// </code>
/// </example>
public abstract class Grant
{
    private protected Grant()
    {
    }

    /// <summary>Gets the value of <c>grant_type</c>.</summary>
    internal abstract string Type { get; }

    /// <summary>
    /// Gets whether the same grant may be sent again after a failure that leaves open whether the server received it. A single-use grant is sent again
    /// only if no connection was made, or if the server requests a DPoP nonce.
    /// </summary>
    internal abstract bool MayBeRepeated { get; }

    /// <summary>Gets whether the response may contain a token that is not an access token, of the type <c>N_A</c> (RFC 8693 section 2.2.1).</summary>
    internal virtual bool MayYieldOtherTokens => false;

    /// <summary>
    /// Writes the fields of the grant except <c>grant_type</c>. It is called once for each attempt, so that each has a fresh assertion.
    /// </summary>
    internal abstract ValueTask WriteAsync(TokenRequestForm form, CancellationToken cancellationToken);

    /// <summary>
    /// Creates a grant for a signed JWT (RFC 7523 section 2.1) from a provider, which is called for each attempt. The grant may be repeated.
    /// </summary>
    /// <param name="assertions">Returns a fresh assertion for each call.</param>
    /// <param name="request">What the token is for. Subject and claims are passed to the provider.</param>
    public static Grant JwtBearer(AssertionProvider assertions, TokenRequest request) =>
        AssertionGrant.Create(GrantTypes.JwtBearer, assertions, request);

    /// <summary>Creates a grant for one signed JWT (RFC 7523 section 2.1), which is sent unchanged. The grant is single-use.</summary>
    /// <param name="assertion">The JWT in its compact form.</param>
    /// <param name="request">What the token is for, without subject and claims.</param>
    /// <exception cref="ArgumentException">The assertion is empty.</exception>
    public static Grant JwtBearer(string assertion, TokenRequest request) => AssertionGrant.Create(GrantTypes.JwtBearer, assertion, request);

    /// <summary>
    /// Creates a grant for a SAML 2.0 assertion (RFC 7522 section 2.1) from a provider, which is called for each attempt. The grant may be repeated.
    /// </summary>
    /// <param name="assertions">Returns a fresh assertion for each call: the base64url text of one Assertion element.</param>
    /// <param name="request">What the token is for. Subject and claims are passed to the provider.</param>
    public static Grant Saml2Bearer(AssertionProvider assertions, TokenRequest request) =>
        AssertionGrant.Create(GrantTypes.Saml2Bearer, assertions, request);

    /// <summary>Creates a grant for one SAML 2.0 assertion (RFC 7522 section 2.1), which is sent unchanged. The grant is single-use.</summary>
    /// <param name="assertion">The base64url text of one Assertion element.</param>
    /// <param name="request">What the token is for, without subject and claims.</param>
    /// <exception cref="ArgumentException">The assertion is empty.</exception>
    public static Grant Saml2Bearer(string assertion, TokenRequest request) =>
        AssertionGrant.Create(GrantTypes.Saml2Bearer, assertion, request);

    /// <summary>Creates a client credentials grant (RFC 6749 section 4.4). It may be repeated.</summary>
    /// <param name="request">What the token is for, without subject and claims. Default: the server decides.</param>
    public static Grant ClientCredentials(TokenRequest? request = null) => new ClientCredentialsGrant(request ?? TokenRequest.Default);

    /// <summary>Creates a grant for an authorization code from a user's sign-in (RFC 6749 section 4.1.3). It is single-use.</summary>
    /// <param name="code">The code from the redirect.</param>
    /// <param name="redirectUri">The redirect URI of the authorization request, byte for byte; null if it had none.</param>
    /// <param name="codeVerifier">The PKCE verifier (RFC 7636 section 4.5); null if the authorization request had no challenge.</param>
    /// <exception cref="ArgumentException">The code is empty.</exception>
    public static Grant AuthorizationCode(string code, string? redirectUri = null, string? codeVerifier = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(code);
        return new AuthorizationCodeGrant(code, redirectUri, codeVerifier);
    }

    /// <summary>Creates a grant for a refresh token (RFC 6749 section 6). It is single-use, because servers may replace the token with each response.</summary>
    /// <param name="refreshToken">The refresh token.</param>
    /// <param name="request">For example a narrower scope; without subject and claims. Default: as granted before.</param>
    /// <exception cref="ArgumentException">The refresh token is empty.</exception>
    public static Grant RefreshToken(string refreshToken, TokenRequest? request = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(refreshToken);
        return new RefreshTokenGrant(refreshToken, request ?? TokenRequest.Default);
    }

    /// <summary>
    /// Creates a token exchange grant (RFC 8693). It may be repeated. If the server issues a token that is not an access token,
    /// <see cref="TokenResponse.AccessToken"/> has the type <c>N_A</c>, and the handler does not attach it to requests.
    /// </summary>
    /// <param name="subject">The token of the party that the new token is for.</param>
    /// <param name="actor">The token of the party that acts for the subject; null for impersonation.</param>
    /// <param name="requestedTokenType">The requested type of token, see <see cref="TokenTypes"/>; null to let the server choose.</param>
    /// <param name="audience">The logical names of the services that the token is for. Default: none.</param>
    /// <param name="request">Scope, resources and parameters, without subject and claims. Default: the server decides.</param>
    public static Grant TokenExchange(
        TypedToken subject,
        TypedToken? actor = null,
        string? requestedTokenType = null,
        IReadOnlyList<string>? audience = null,
        TokenRequest? request = null)
    {
        ArgumentNullException.ThrowIfNull(subject);
        return new TokenExchangeGrant(
            TokenExchangeGrant.Provide(subject), actor is null ? null : TokenExchangeGrant.Provide(actor), new(requestedTokenType, audience ?? []),
            WithoutSubject(request, GrantTypes.TokenExchange));
    }

    /// <summary>Creates an extension grant (RFC 6749 section 4.5). It is single-use.</summary>
    /// <param name="grantType">The value of <c>grant_type</c>, by the RFC an absolute URI.</param>
    /// <param name="fields">The form fields of the grant, which are copied. Fields of client authentication are not allowed.</param>
    /// <param name="request">Scope, resources and parameters, without subject and claims. Default: none.</param>
    /// <exception cref="ArgumentException">The type is empty, or a field is reserved.</exception>
    public static Grant Custom(string grantType, IEnumerable<KeyValuePair<string, string>> fields, TokenRequest? request = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(grantType);
        ArgumentNullException.ThrowIfNull(fields);
        return new CustomGrant(grantType, [.. fields], WithoutSubject(request, grantType));
    }

    /// <summary>Checks that a request has no subject and no claims, which only an assertion of this library can contain.</summary>
    /// <exception cref="JwtGrantException">The request has a subject or claims.</exception>
    private protected static TokenRequest WithoutSubject(TokenRequest? request, string grantType) =>
        request is { Subject: not null } or { Claims.Count: > 0 }
            ? throw JwtGrantException.Configuration(
                "subject_without_assertion",
                $"The token request has a subject or claims, but this grant ({grantType}) cannot contain them. Use a jwt-bearer or saml2-bearer grant whose assertion is created for each request, or omit them.")
            : request ?? TokenRequest.Default;
}
