using System.Security.Cryptography.X509Certificates;
using JwtGrantClient.Testing.Clients;
using JwtGrantClient.Testing.Endpoints;
using JwtGrantClient.Testing.Hosting;
using JwtGrantClient.Testing.Judging;
using JwtGrantClient.Testing.MutualTls;
using JwtGrantClient.Testing.Tokens;
using Microsoft.AspNetCore.Builder;

namespace JwtGrantClient.Testing;

/// <summary>
/// An authorization server for tests that judges by the letter, and says by which rule and clause it refuses. It shares no code with any
/// client. Grants: jwt-bearer, saml2-bearer, client_credentials, authorization_code, refresh_token, token-exchange; client authentication:
/// private_key_jwt, client secrets in header or form, a SPIFFE JWT-SVID, Apple's JWT in place of a client secret, and none for public
/// clients.
/// </summary>
/// <remarks>
/// The rules, as <see cref="Refusal.Rule"/> names them: S01 a form with each field once, one client authentication; S02 the assertion's
/// type parameter (refused as invalid_client); S03 the compact form; S04 strict JSON; S05 no crit, no b64; S06 the algorithm; S07 the key
/// by <c>kid</c>; S08 the signature; S09 <c>typ</c>; S09a one JWT, one use; S10 <c>iss</c> and client_id; S11 <c>sub</c>; S12 <c>aud</c>;
/// S13 <c>exp</c>; S14 <c>iat</c> and <c>nbf</c>; S15 the life from <c>iat</c> to <c>exp</c>; S16 <c>jti</c>, single-use; S17 grants,
/// scopes and secrets; S18 client authentication beside a grant. Of SAML assertions (RFC 7522 section 3): X01 base64url and size; X02 one
/// Assertion 2.0, without a DTD, in the schema's order; X03 the Issuer; X04 the shape of the signature; X05 its algorithms; X06 the signature;
/// X07 times and conditions; X08 the audience; X09 the NameID; X10 the bearer SubjectConfirmation; X11 the AuthnStatement; X12 single-use.
/// Not yet: DPoP, pushed authorization requests, introspection.
/// </remarks>
public sealed class StrictAuthorizationServer : IAsyncDisposable
{
    private readonly ServerCore _core;
    private WebApplication? _app;
    private X509Certificate2? _certificate;

    private StrictAuthorizationServer(ServerTerms terms) => _core = new(terms);

    /// <summary>The issuer identifier, as the metadata spells it.</summary>
    public string Issuer => _core.Terms.Issuer;

    /// <summary>The token endpoint's address.</summary>
    public string TokenEndpoint => _core.Terms.TokenEndpoint;

    /// <summary>The token endpoint's address by mutual TLS; null without.</summary>
    public string? MutualTlsTokenEndpoint => _core.Terms.MutualTlsTokenEndpoint;

    /// <summary>The certificate of the listener for mutual TLS, without its key, for a client to trust; null without.</summary>
    public X509Certificate2? ServerCertificate =>
        _certificate is null ? null : X509CertificateLoader.LoadCertificate(_certificate.RawData);

    /// <summary>The revocation endpoint's address (RFC 7009).</summary>
    public string RevocationEndpoint => _core.Terms.RevocationEndpoint;

    /// <summary>Where the keys are that issued tokens are signed with.</summary>
    public string JwksUri => _core.Terms.JwksUri;

    /// <summary>Every request so far, in the order in which they came.</summary>
    public IReadOnlyList<RecordedRequest> Requests => _core.Router.Requests;

    /// <summary>How many access tokens were issued.</summary>
    public int TokensIssued => _core.Tokens.Issued;

    /// <summary>Starts a server that listens on 127.0.0.1.</summary>
    /// <param name="options">How it judges. Default: strictly, on a free port.</param>
    /// <param name="cancellationToken">Cancels the start.</param>
    /// <exception cref="IOException">The port is taken.</exception>
    /// <exception cref="ArgumentException">An option is out of its range.</exception>
    public static async Task<StrictAuthorizationServer> StartAsync(
        StrictAuthorizationServerOptions? options = null, CancellationToken cancellationToken = default)
    {
        options ??= new();
        options.Validate();
        // The address is known once it listens; requests before that wait for it.
        var started = new TaskCompletionSource<StrictAuthorizationServer>(TaskCreationOptions.RunContinuationsAsynchronously);
        var certificate = options.MutualTls ? MutualTls.ServerCertificate.Make() : null;
        var app = await KestrelFront.StartAsync(
            options.Port,
            certificate,
            async (request, cancellationToken) =>
            {
                var server = await started.Task.WaitAsync(cancellationToken).ConfigureAwait(false);
                return await server._core.Router.AnswerAsync(request, cancellationToken).ConfigureAwait(false);
            },
            cancellationToken).ConfigureAwait(false);
        string? Listening(string scheme) => app.Urls.FirstOrDefault(address => address.StartsWith(scheme, StringComparison.Ordinal));
        var terms = ServerTerms.ListeningAt(Listening("http:")!, options) with { MutualTlsOrigin = Listening("https:") };
        var server = new StrictAuthorizationServer(terms) { _app = app, _certificate = certificate };
        started.SetResult(server);
        return server;
    }

    /// <summary>Makes a server without a socket; <see cref="CreateHandler"/> leads to it.</summary>
    /// <param name="options">How it judges. Default: strictly, as <c>https://as.example.com</c>.</param>
    /// <exception cref="ArgumentException">An option is out of its range.</exception>
    public static StrictAuthorizationServer CreateInMemory(StrictAuthorizationServerOptions? options = null)
    {
        options ??= new();
        options.Validate();
        if (options.MutualTls)
            throw new ArgumentException("MutualTls needs a socket: use StartAsync.");
        return new(ServerTerms.InMemory(options));
    }

    /// <summary>A handler for an HttpClient that leads straight to the server.</summary>
    public HttpMessageHandler CreateHandler() => new InMemoryHandler(_core.Router.AnswerAsync);

    /// <summary>Registers a client, or replaces the one with the same id.</summary>
    /// <param name="client">The client.</param>
    /// <exception cref="ArgumentException">Its keys cannot be used, or it has no credentials for a method that it is registered for.</exception>
    public void RegisterClient(ClientRegistration client)
    {
        ArgumentNullException.ThrowIfNull(client);
        ClientMethods.Validate(client);
        _core.Parties.Register(client);
    }

    /// <summary>Trusts an issuer other than a client for grant assertions.</summary>
    /// <param name="issuer">The issuer.</param>
    /// <exception cref="ArgumentException">Its keys cannot be used.</exception>
    public void TrustIssuer(TrustedIssuer issuer)
    {
        ArgumentNullException.ThrowIfNull(issuer);
        _core.Parties.Trust(issuer);
    }

    /// <summary>Trusts an issuer for SAML 2.0 bearer assertions (RFC 7522), which are judged by the rules X01 to X12.</summary>
    /// <param name="issuer">The issuer.</param>
    /// <exception cref="ArgumentException">Its certificate cannot be used.</exception>
    public void TrustSamlIssuer(TrustedSamlIssuer issuer)
    {
        ArgumentNullException.ThrowIfNull(issuer);
        _core.SamlAssertions.Trust(issuer);
    }

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

    /// <summary>Checks the Authorization header of a request that came with a client certificate, or without (RFC 8705 section 3).</summary>
    /// <param name="authorization">The header's value, or null.</param>
    /// <param name="requiredScope">A scope value that the token must have; null for none.</param>
    /// <param name="certificate">The certificate on the connection; null for none.</param>
    public AccessTokenCheck CheckAccessToken(string? authorization, string? requiredScope, X509Certificate2? certificate) =>
        BearerCheck.Check(_core.Tokens, authorization, requiredScope, certificate is null ? null : CertificateThumbprint.Of(certificate));

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
    /// <param name="acceptPrevious">Whether those before are still good, so that the new ones come with good answers. Default: false.</param>
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

    /// <summary>Scripts what the token endpoint does with its next request; several are taken in order.</summary>
    /// <param name="response">What it does.</param>
    public void Enqueue(ScriptedResponse response)
    {
        ArgumentNullException.ThrowIfNull(response);
        _core.Router.Enqueue(response);
    }

    /// <summary>Stops listening.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_app is not null)
            await _app.DisposeAsync().ConfigureAwait(false);
        _certificate?.Dispose();
    }
}
