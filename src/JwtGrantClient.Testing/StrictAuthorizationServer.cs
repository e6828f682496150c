using System.Security.Cryptography.X509Certificates;
using JwtGrantClient.Testing.Clients;
using JwtGrantClient.Testing.Endpoints;
using JwtGrantClient.Testing.Hosting;
using JwtGrantClient.Testing.Validation;
using JwtGrantClient.Testing.MutualTls;
using Microsoft.AspNetCore.Builder;

namespace JwtGrantClient.Testing;

/// <summary>
/// An authorization server for tests that judges by the letter, and says by which rule and clause it refuses. It shares no code with any
/// client. Grants: jwt-bearer, saml2-bearer, client_credentials, authorization_code, refresh_token, token-exchange; client authentication:
/// private_key_jwt, client secrets in header or form, mutual TLS, a SPIFFE JWT-SVID, Apple's JWT in place of a client secret, and none for
/// public clients. Tokens are bound by DPoP or mutual TLS.
/// </summary>
/// <remarks>
/// The rules, as <see cref="Refusal.Rule"/> names them: S01 a form with each field once, one client authentication; S02 the assertion's
/// type parameter (refused as invalid_client); S03 the compact form; S04 strict JSON; S05 no crit, no b64; S06 the algorithm; S07 the key
/// by <c>kid</c>; S08 the signature; S09 <c>typ</c>; S09a one JWT, one use; S10 <c>iss</c> and client_id; S11 <c>sub</c>; S12 <c>aud</c>;
/// S13 <c>exp</c>; S14 <c>iat</c> and <c>nbf</c>; S15 the life from <c>iat</c> to <c>exp</c>; S16 <c>jti</c>, single-use; S17 grants,
/// scopes, targets and client methods; S18 what a grant or a scope lacks. Of SAML assertions (RFC 7522 section 3): X01 base64url and size;
/// X02 one Assertion 2.0, without a DTD, in the schema's order; X03 the Issuer; X04 the shape of the signature; X05 its algorithms; X06 the
/// signature; X07 times and conditions; X08 the audience; X09 the NameID; X10 the bearer SubjectConfirmation; X11 the AuthnStatement; X12
/// single-use. S21 DPoP (RFC 9449); S22 client certificates (RFC 8705); S23 what FAPI 2.0 adds. Not yet: pushed authorization requests,
/// introspection.
/// </remarks>
public sealed partial class StrictAuthorizationServer : IAsyncDisposable
{
    private readonly ServerCore _core;
    private WebApplication? _app;
    private X509Certificate2? _certificate;

    private StrictAuthorizationServer(ServerSettings terms) => _core = new(terms);

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

    /// <summary>The newest 10,000 requests, in the order in which they came.</summary>
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
        var app = await KestrelListener.StartAsync(
            options.Port,
            certificate,
            async (request, cancellationToken) =>
            {
                var server = await started.Task.WaitAsync(cancellationToken).ConfigureAwait(false);
                return await server._core.Router.AnswerAsync(request, cancellationToken).ConfigureAwait(false);
            },
            cancellationToken).ConfigureAwait(false);
        string? Listening(string scheme) => app.Urls.FirstOrDefault(address => address.StartsWith(scheme, StringComparison.Ordinal));
        var terms = ServerSettings.ListeningAt(Listening("http:")!, options) with { MutualTlsOrigin = Listening("https:") };
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
        return new(ServerSettings.InMemory(options));
    }

    /// <summary>A handler for an HttpClient that leads straight to the server.</summary>
    public HttpMessageHandler CreateHandler() => new InMemoryHandler(_core.Router.AnswerAsync);

    /// <summary>Registers a client, or replaces the one with the same id.</summary>
    /// <param name="client">The client.</param>
    /// <exception cref="ArgumentException">Its keys cannot be used, or it lacks credentials for a method that it is registered for.</exception>
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
