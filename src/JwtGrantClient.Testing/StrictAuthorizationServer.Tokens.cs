using System.Security.Cryptography.X509Certificates;
using JwtGrantClient.Testing.MutualTls;
using JwtGrantClient.Testing.TokenExchange;
using JwtGrantClient.Testing.Tokens;
using JwtGrantClient.Testing.Validation;

namespace JwtGrantClient.Testing;

// Issues, checks and revokes codes and tokens.
public sealed partial class StrictAuthorizationServer
{
    /// <summary>
    /// Issues an authorization code, as if a user had signed in. It is single-use and valid for 10 minutes (RFC 6749 section 4.1.2), with
    /// <see cref="StrictAuthorizationServerOptions.FapiMode"/> for 60 s. A second use revokes the tokens of the first.
    /// </summary>
    /// <param name="clientId">The client that may redeem it.</param>
    /// <param name="redirectUri">The redirect URI of the authorization request.</param>
    /// <param name="codeChallenge">The S256 challenge (RFC 7636 section 4.2); null for none; a verifier is rejected then.</param>
    /// <param name="scope">The scope that was granted.</param>
    /// <param name="subject">The user. Default: the client.</param>
    /// <param name="dpopThumbprint">The <c>dpop_jkt</c> of the authorization request (RFC 9449 section 10); null for none.</param>
    /// <exception cref="ArgumentException">The client id or the redirect URI is empty, or another argument has invalid syntax.</exception>
    public string IssueAuthorizationCode(
        string clientId, string redirectUri, string? codeChallenge = null, string? scope = null, string? subject = null,
        string? dpopThumbprint = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(clientId);
        ArgumentException.ThrowIfNullOrEmpty(redirectUri);
        OptionChecks.CheckSha256(nameof(codeChallenge), codeChallenge);
        OptionChecks.CheckScopeValues(nameof(scope), scope?.Split(' '));
        OptionChecks.CheckSha256(nameof(dpopThumbprint), dpopThumbprint);
        return _core.Codes.Issue(clientId, redirectUri, codeChallenge, scope, subject, dpopThumbprint);
    }

    /// <summary>Issues a refresh token, as if a user had signed in earlier (RFC 6749 section 6).</summary>
    /// <param name="clientId">The client that may use it.</param>
    /// <param name="scope">The scope that was granted.</param>
    /// <param name="subject">The user. Default: the client.</param>
    /// <exception cref="ArgumentException">The client id is empty, or the scope has invalid syntax.</exception>
    public string IssueRefreshToken(string clientId, string? scope = null, string? subject = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(clientId);
        OptionChecks.CheckScopeValues(nameof(scope), scope?.Split(' '));
        return _core.RefreshTokens.Issue(new(clientId, subject ?? clientId, scope, new()));
    }

    /// <summary>Issues an access token, as if a user had signed in, for example as the subject token of a token exchange (RFC 8693).</summary>
    /// <param name="clientId">The client that it is issued to.</param>
    /// <param name="scope">The scope that was granted.</param>
    /// <param name="subject">The user. Default: the client.</param>
    /// <exception cref="ArgumentException">The client id is empty, or the scope has invalid syntax.</exception>
    public string IssueAccessToken(string clientId, string? scope = null, string? subject = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(clientId);
        OptionChecks.CheckScopeValues(nameof(scope), scope?.Split(' '));
        return _core.Tokens.Issue(new(clientId, subject ?? clientId, scope, [Issuer], new())).Value;
    }

    /// <summary>
    /// Issues an ID token, as if a user had signed in to a client (OpenID Connect Core section 2). The client can exchange it, for example for an ID-JAG. It is
    /// valid for <see cref="StrictAuthorizationServerOptions.IssuedAssertionLifetime"/>.
    /// </summary>
    /// <param name="clientId">The client, which is its audience.</param>
    /// <param name="subject">The user.</param>
    /// <exception cref="ArgumentException">An argument is empty.</exception>
    public string IssueIdToken(string clientId, string subject)
    {
        ArgumentException.ThrowIfNullOrEmpty(clientId);
        ArgumentException.ThrowIfNullOrEmpty(subject);
        return _core.Tokens.IssueJwt(new(clientId, subject, null, [clientId], new()), TokenTypes.IdToken).Value;
    }

    /// <summary>Checks the Authorization header of a request to a resource server (RFC 6750).</summary>
    /// <param name="authorization">The header's value, or null.</param>
    public AccessTokenCheck CheckAccessToken(string? authorization) => CheckAccessToken(authorization, requiredScope: null);

    /// <summary>Checks the Authorization header of a request to a resource server (RFC 6750).</summary>
    /// <param name="authorization">The header's value, or null.</param>
    /// <param name="requiredScope">A scope value that the token must have; null for none.</param>
    public AccessTokenCheck CheckAccessToken(string? authorization, string? requiredScope) =>
        BearerTokenValidator.Validate(_core.Tokens, authorization, requiredScope);

    /// <summary>
    /// Checks the Authorization header of a request with or without a client certificate (RFC 8705 section 3).
    /// </summary>
    /// <param name="authorization">The header's value, or null.</param>
    /// <param name="requiredScope">A scope value that the token must have; null for none.</param>
    /// <param name="certificate">The client certificate of the connection; null for none.</param>
    public AccessTokenCheck CheckAccessToken(string? authorization, string? requiredScope, X509Certificate2? certificate) =>
        BearerTokenValidator.Validate(_core.Tokens, authorization, requiredScope, certificate is null ? null : CertificateThumbprint.Compute(certificate));

    /// <summary>Checks a request to a resource server that accepts DPoP-bound tokens and bearer tokens (RFC 9449 section 7).</summary>
    /// <param name="method">The HTTP method of the request.</param>
    /// <param name="url">The URL of the request. Its query is ignored.</param>
    /// <param name="authorization">The Authorization header's value, or null.</param>
    /// <param name="proof">The value of the DPoP header, or null; several headers are joined by commas.</param>
    /// <param name="requiredScope">A scope value that the token must have; null for none.</param>
    public AccessTokenCheck CheckAccessToken(
        string method, string url, string? authorization, string? proof, string? requiredScope = null) =>
        _core.DPoPTokens.Validate(method, url, authorization, proof, requiredScope);

    /// <summary>Replaces the DPoP nonces of the token endpoint and the resource server.</summary>
    /// <param name="acceptPrevious">Whether the previous nonces stay valid, so that successful responses carry the new ones. Default: false.</param>
    public void RotateDPoPNonce(bool acceptPrevious = false)
    {
        _core.Nonces.Rotate(acceptPrevious);
        _core.ResourceNonces.Rotate(acceptPrevious);
    }

    /// <summary>Revokes an access token.</summary>
    /// <param name="accessToken">The token.</param>
    public void Revoke(string accessToken) => _core.Tokens.Revoke(accessToken);

    /// <summary>Revokes all access tokens. Refresh tokens stay valid.</summary>
    public void RevokeAll() => _core.Tokens.RevokeAll();
}
