using System.Security.Cryptography.X509Certificates;
using JwtGrantClient.Testing.Clients;
using JwtGrantClient.Testing.Endpoints;
using JwtGrantClient.Testing.Hosting;
using JwtGrantClient.Testing.Validation;
using JwtGrantClient.Testing.MutualTls;
using Microsoft.AspNetCore.Builder;

namespace JwtGrantClient.Testing;

/// <summary>
/// A strict authorization server for tests. It rejects every request that breaks a rule of the RFCs, and reports the rule and its clause. It shares no
/// code with the client. Grants: jwt-bearer, saml2-bearer, client_credentials, authorization_code, refresh_token, token-exchange. Client
/// authentication: private_key_jwt, client secrets in header or form, mutual TLS, a SPIFFE JWT-SVID, a JWT as the client secret (Apple), and none for
/// public clients. Tokens can be bound by DPoP or mutual TLS.
/// </summary>
/// <remarks>
/// The ids of the rules in <see cref="Refusal.Rule"/>; docs/protocol-rules.md has each with its clause.
/// Requests: S00 the URL and the method; S01 the form and one client authentication; S02 the type of the client assertion.
/// JWTs: S03 the compact form; S04 strict JSON; S05 no <c>crit</c> and no <c>b64</c>; S06 the algorithm; S07 the key by <c>kid</c>; S08 the signature;
/// S09 <c>typ</c>; S09a one JWT for one purpose; S10 <c>iss</c> and client_id; S11 <c>sub</c>; S12 <c>aud</c>; S13 <c>exp</c>; S14 <c>iat</c> and
/// <c>nbf</c>; S15 the lifetime from <c>iat</c> to <c>exp</c>; S16 a single-use <c>jti</c>.
/// Clients: S17 the grants, scopes, targets and methods that a client may use; S18 the client authentication or scope that a grant requires.
/// SAML assertions (RFC 7522 section 3): X01 base64url and size; X02 one Assertion 2.0 without a DTD, in the order of the schema; X03 the Issuer; X04
/// the structure of the signature; X05 its algorithms; X06 the signature; X07 times and conditions; X08 the audience; X09 the NameID; X10 the bearer
/// SubjectConfirmation; X11 the AuthnStatement; X12 the single-use ID.
/// Profiles: S21 DPoP (RFC 9449); S22 client certificates (RFC 8705); S23 FAPI 2.0; S24 ID-JAG
/// (draft-ietf-oauth-identity-assertion-authz-grant), as its issuer and as its receiver.
/// A <see cref="Leniency"/> lets some of them pass by name.
/// Pushed authorization requests and introspection are not supported.
/// </remarks>
/// <example>
/// <code>
/// var server = StrictAuthorizationServer.CreateInMemory();
/// server.RegisterClient(new ClientRegistration { Id = "batch-worker", PublicKeyPem = publicKeyPem });
///
/// services.AddJwtGrantClient("reports", options =&gt;
/// {
///     options.Issuer = server.Issuer;
///     options.ClientId = "batch-worker";
///     options.SigningKey.Text = privateKeyPem;
/// }).UseTokenEndpointHandler(_ =&gt; server.CreateHandler());
/// </code>
/// </example>
public sealed partial class StrictAuthorizationServer : IAsyncDisposable
{
    private readonly ServerCore _core;
    private WebApplication? _app;
    private X509Certificate2? _certificate;

    private StrictAuthorizationServer(ServerSettings settings) => _core = new(settings);

    /// <summary>Gets the issuer identifier, as in the metadata.</summary>
    public string Issuer => _core.Settings.Issuer;

    /// <summary>Gets the URL of the token endpoint.</summary>
    public string TokenEndpoint => _core.Settings.TokenEndpoint;

    /// <summary>Gets the URL of the token endpoint for mutual TLS; null without <see cref="StrictAuthorizationServerOptions.MutualTls"/>.</summary>
    public string? MutualTlsTokenEndpoint => _core.Settings.MutualTlsTokenEndpoint;

    /// <summary>Gets the certificate of the mutual TLS listener without its key, for a client to trust; null without it.</summary>
    public X509Certificate2? ServerCertificate =>
        _certificate is null ? null : X509CertificateLoader.LoadCertificate(_certificate.RawData);

    /// <summary>Gets the URL of the revocation endpoint (RFC 7009).</summary>
    public string RevocationEndpoint => _core.Settings.RevocationEndpoint;

    /// <summary>Gets the URL of the JWK set with the keys that sign access tokens.</summary>
    public string JwksUri => _core.Settings.JwksUri;

    /// <summary>Gets the JWK set with the keys that sign tokens, for another server that trusts this one (<see cref="TrustedIssuer.Jwks"/>).</summary>
    public string Jwks => _core.Jwks;

    /// <summary>Gets the newest requests, in the order of their arrival: at most 10,000, and at most 32 MiB of them.</summary>
    public IReadOnlyList<RecordedRequest> Requests => _core.Router.Requests;

    /// <summary>Gets how many access tokens were issued.</summary>
    public int TokensIssued => _core.Tokens.Issued;

    /// <summary>Starts a server that listens on 127.0.0.1.</summary>
    /// <param name="options">The options. Default: strict rules, a free port.</param>
    /// <param name="cancellationToken">Cancels the start.</param>
    /// <exception cref="IOException">The port is taken.</exception>
    /// <exception cref="ArgumentException">An option is out of its range.</exception>
    public static async Task<StrictAuthorizationServer> StartAsync(
        StrictAuthorizationServerOptions? options = null, CancellationToken cancellationToken = default)
    {
        options ??= new();
        options.Validate();
        // The address is known when the server listens. Earlier requests wait for it.
        var started = new TaskCompletionSource<StrictAuthorizationServer>(TaskCreationOptions.RunContinuationsAsynchronously);
        var certificate = options.MutualTls ? MutualTls.ServerCertificate.Create() : null;
        var app = await KestrelListener.StartAsync(
            options.Port,
            certificate,
            async (request, cancellationToken) =>
            {
                var server = await started.Task.WaitAsync(cancellationToken).ConfigureAwait(false);
                return await server._core.Router.HandleAsync(request, cancellationToken).ConfigureAwait(false);
            },
            cancellationToken).ConfigureAwait(false);
        string? AddressOf(string scheme) => app.Urls.FirstOrDefault(address => address.StartsWith(scheme, StringComparison.Ordinal));
        var settings = ServerSettings.CreateListening(AddressOf("http:")!, options) with { MutualTlsOrigin = AddressOf("https:") };
        var server = new StrictAuthorizationServer(settings) { _app = app, _certificate = certificate };
        started.SetResult(server);
        return server;
    }

    /// <summary>Creates a server without a socket. <see cref="CreateHandler"/> connects an HttpClient to it.</summary>
    /// <param name="options">The options. Default: strict rules, the issuer <c>https://as.example.com</c>.</param>
    /// <exception cref="ArgumentException">An option is out of its range.</exception>
    public static StrictAuthorizationServer CreateInMemory(StrictAuthorizationServerOptions? options = null)
    {
        options ??= new();
        options.Validate();
        if (options.MutualTls)
            throw new ArgumentException("MutualTls needs a socket: use StartAsync.");
        return new(ServerSettings.CreateInMemory(options));
    }

    /// <summary>Creates a handler that connects an HttpClient to the server without a socket.</summary>
    public HttpMessageHandler CreateHandler() => new InMemoryHandler(_core.Router.HandleAsync);

    /// <summary>Registers a client, or replaces the one with the same id.</summary>
    /// <param name="client">The client.</param>
    /// <exception cref="ArgumentException">
    /// Its keys cannot be used, it lacks credentials for a method that it is registered for, or a value can never occur in a request: an empty id, a grant
    /// type that the server does not know.
    /// </exception>
    public void RegisterClient(ClientRegistration client)
    {
        ArgumentNullException.ThrowIfNull(client);
        RegistrationChecks.Check(client, _core.GrantTypes);
        _core.Registry.Register(client);
    }

    /// <summary>Trusts an issuer that is not a client for grant assertions.</summary>
    /// <param name="issuer">The issuer.</param>
    /// <exception cref="ArgumentException">Its keys cannot be used.</exception>
    public void TrustIssuer(TrustedIssuer issuer)
    {
        ArgumentNullException.ThrowIfNull(issuer);
        OptionChecks.CheckNotEmpty("The Issuer of the trusted issuer", issuer.Issuer);
        _core.Registry.Trust(issuer);
    }

    /// <summary>Trusts an issuer for SAML 2.0 bearer assertions (RFC 7522), which are validated by the rules X01 to X12.</summary>
    /// <param name="issuer">The issuer.</param>
    /// <exception cref="ArgumentException">Its certificate cannot be used.</exception>
    public void TrustSamlIssuer(TrustedSamlIssuer issuer)
    {
        ArgumentNullException.ThrowIfNull(issuer);
        OptionChecks.CheckNotEmpty("The Issuer of the trusted SAML issuer", issuer.Issuer);
        _core.SamlAssertions.Trust(issuer);
    }

    /// <summary>Scripts the response of the token endpoint to its next request. Several are used in order.</summary>
    /// <param name="response">The scripted response.</param>
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
