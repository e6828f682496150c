using System.Security.Cryptography.X509Certificates;
using JwtGrantClient.Testing.MutualTls;
using JwtGrantClient.Testing.Tokens;

namespace JwtGrantClient.Testing;

// What a test does with codes and tokens: issue, check, revoke.
public sealed partial class StrictAuthorizationServer
{
    /// <summary>
    /// Issues an authorization code, as if a user had logged in. It is for one use within 10 minutes
    /// (RFC 6749 section 4.1.2); a second one revokes what the first gave.
    /// </summary>
    /// <param name="clientId">The client that may redeem it.</param>
    /// <param name="redirectUri">The redirect URI of the authorization request.</param>
    /// <param name="codeChallenge">The S256 challenge (RFC 7636 section 4.2); null for none, and then a verifier is refused.</param>
    /// <param name="scope">The scope that was granted.</param>
    /// <param name="subject">The user. Default: the client.</param>
    /// <param name="dpopThumbprint">The <c>dpop_jkt</c> of the authorization request (RFC 9449 section 10); null for none.</param>
    public string IssueAuthorizationCode(
        string clientId, string redirectUri, string? codeChallenge = null, string? scope = null, string? subject = null,
        string? dpopThumbprint = null) =>
        _core.Codes.Issue(clientId, redirectUri, codeChallenge, scope, subject, dpopThumbprint);

    /// <summary>Issues a refresh token, as if a user had logged in earlier (RFC 6749 section 6).</summary>
    /// <param name="clientId">The client that may use it.</param>
    /// <param name="scope">The scope that was granted.</param>
    /// <param name="subject">The user. Default: the client.</param>
    public string IssueRefreshToken(string clientId, string? scope = null, string? subject = null) =>
        _core.RefreshTokens.Issue(new(clientId, subject ?? clientId, scope, new()));

    /// <summary>Checks the Authorization header of a request to a resource server (RFC 6750).</summary>
    /// <param name="authorization">The header's value, or null.</param>
    public AccessTokenCheck CheckAccessToken(string? authorization) => CheckAccessToken(authorization, requiredScope: null);

    /// <summary>Checks the Authorization header of a request to a resource server (RFC 6750).</summary>
    /// <param name="authorization">The header's value, or null.</param>
    /// <param name="requiredScope">A scope value that the token must have; null for none.</param>
    public AccessTokenCheck CheckAccessToken(string? authorization, string? requiredScope) =>
        BearerCheck.Check(_core.Tokens, authorization, requiredScope);

    /// <summary>
    /// Checks the Authorization header of a request that came with a client certificate, or without (RFC 8705 section 3).
    /// </summary>
    /// <param name="authorization">The header's value, or null.</param>
    /// <param name="requiredScope">A scope value that the token must have; null for none.</param>
    /// <param name="certificate">The certificate on the connection; null for none.</param>
    public AccessTokenCheck CheckAccessToken(string? authorization, string? requiredScope, X509Certificate2? certificate) =>
        BearerCheck.Check(_core.Tokens, authorization, requiredScope, certificate is null ? null : CertificateThumbprint.Compute(certificate));

    /// <summary>Checks a request to a resource server that takes DPoP-bound tokens, and others as Bearer (RFC 9449 section 7).</summary>
    /// <param name="method">The request's method.</param>
    /// <param name="url">The request's address; its query does not count.</param>
    /// <param name="authorization">The Authorization header's value, or null.</param>
    /// <param name="proof">The DPoP header's value, or null; of several headers all, with commas between.</param>
    /// <param name="requiredScope">A scope value that the token must have; null for none.</param>
    public AccessTokenCheck CheckAccessToken(
        string method, string url, string? authorization, string? proof, string? requiredScope = null) =>
        _core.Resources.Check(method, url, authorization, proof, requiredScope);

    /// <summary>Changes the DPoP nonces of token endpoint and resource server, each to its own new one.</summary>
    /// <param name="acceptPrevious">Whether those before stay good, so that the new ones come with good answers. Default: false.</param>
    public void RotateDPoPNonce(bool acceptPrevious = false)
    {
        _core.Nonces.Rotate(acceptPrevious);
        _core.ResourceNonces.Rotate(acceptPrevious);
    }

    /// <summary>Makes an issued access token invalid.</summary>
    /// <param name="accessToken">The token.</param>
    public void Revoke(string accessToken) => _core.Tokens.Revoke(accessToken);

    /// <summary>Makes all issued access tokens invalid; refresh tokens stay good.</summary>
    public void RevokeAll() => _core.Tokens.RevokeAll();
}
