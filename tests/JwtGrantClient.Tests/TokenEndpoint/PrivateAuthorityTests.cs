using System.Security.Cryptography.X509Certificates;
using JwtGrantClient.Testing;
using JwtGrantClient.Tests.TestSupport;
using JwtGrantClient.TokenEndpoint;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace JwtGrantClient.Tests.TokenEndpoint;

/// <summary>Token requests over TLS to servers whose certificate a private CA has issued (TrustedCertificates).</summary>
public sealed class PrivateAuthorityTests : IDisposable
{
    private const string ClientAuthenticationPurpose = "1.3.6.1.5.5.7.3.2";

    private readonly TemporaryFolder _folder = new();
    private readonly TestAuthority _authority = new(), _other = new("Other CA");
    private readonly FakeTimeProvider _time = new(TimeProvider.System.GetUtcNow());

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        _authority.Dispose();
        _other.Dispose();
        _folder.Dispose();
    }

    [Theory]
    [InlineData("root"), InlineData("several"), InlineData("DER")]
    public async Task A_server_is_trusted_if_its_certificate_leads_to_a_certificate_of_the_file(string content)
    {
        await using var server = await StartAsync(_authority.Issue());
        await using var client = Create(server, content switch
        {
            "root" => Write(_authority),
            "several" => _folder.Write("ca", $"{_other.Root.ExportCertificatePem()}\n{_authority.Root.ExportCertificatePem()}"),
            _ => _folder.Write("ca", _authority.Root.RawData),
        });

        Assert.Equal("abc", (await client.GetTokenAsync(Cancellation)).Value);
    }

    [Theory]
    [InlineData("another CA", "PartialChain|UntrustedRoot")]
    [InlineData("another host", "RemoteCertificateNameMismatch")]
    [InlineData("expired", "NotTimeValid")]
    public async Task A_server_whose_certificate_is_not_valid_gets_no_request(string fault, string reason)
    {
        await using var server = await StartAsync(fault switch
        {
            "another host" => _authority.Issue("as.example.com"),
            "expired" => _authority.Issue(expired: true),
            _ => _authority.Issue(),
        });
        var path = Write(fault == "another CA" ? _other : _authority);
        await using var client = Create(server, path);

        var error = await FailAsync(client);

        Assert.Equal(("server_unreachable", false), (error.Code, error.IsTransient));
        Assert.Matches(reason, error.Message);
        Assert.EndsWith(
            $"Only the CAs in the file '{path}' (TrustedCertificates) are trusted: check that it has the root certificate of the server's CA. If the server requires a client certificate, check that it accepts the one of ClientCertificate.",
            error.Text, StringComparison.Ordinal);
        Assert.Equal(0, server.Calls);
    }

    // Kestrel refuses to start with such a certificate.
    [Fact]
    public async Task A_certificate_that_is_not_for_a_server_is_refused()
    {
        await using var server = new ConnectProxy(new("https://127.0.0.1:1"), _authority.Issue(purpose: ClientAuthenticationPurpose), [_authority.Intermediate]);
        var options = TestClient.Options();
        (options.TokenEndpoint, options.TrustedCertificates) = ($"{server.Address}token", Write(_authority));
        await using var client = JwtGrantTokenSource.Create(options);

        Assert.Contains("NotValidForUsage", (await FailAsync(client)).Message, StringComparison.Ordinal);
        Assert.Empty(server.Requests);
    }

    [Fact]
    public async Task A_handler_of_the_application_is_named_if_it_does_not_trust_the_server()
    {
        await using var server = await StartAsync(_authority.Issue());
        await using var client = JwtGrantTokenSource.Create(Options(server, null), tokenEndpointHandler: new SocketsHttpHandler());

        Assert.Contains("The handler of the token endpoint decides which certificates are trusted", (await FailAsync(client)).Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Metadata_and_revocation_trust_the_certificates_of_the_file()
    {
        await using var server = await ScriptedServer.StartAsync(_authority, _authority.Issue(), context => context.Request.Method == "GET"
            ? Reply.Json(200, $$"""{"issuer":"https://{{context.Request.Host}}","token_endpoint":"https://{{context.Request.Host}}/token","revocation_endpoint":"https://{{context.Request.Host}}/revoke"}""")(context)
            : Reply.Token(context));
        var options = Options(server, Write(_authority));
        (options.Issuer, options.TokenEndpoint) = (server.Address, null);
        await using var client = JwtGrantTokenSource.Create(options);

        await client.GetTokenAsync(Cancellation);
        await client.Revocation.RevokeAsync(new(), Cancellation);

        Assert.Equal(["GET", "POST", "POST"], server.Requests.Select(request => request.Method));
        Assert.Equal("/revoke", server.Requests[^1].Target);
    }

    [Fact]
    public async Task A_client_certificate_is_presented_to_a_server_that_the_file_trusts()
    {
        using var certificate = Keys.CertificateFor(TestData.RsaKey);
        await using var server = await StrictAuthorizationServer.StartAsync(new() { MutualTls = true }, Cancellation);
        server.RegisterClient(new() { Id = TestData.ClientId, CertificateThumbprint = ClientCertificateTransport.Thumbprint(certificate) });
        await using var client = JwtGrantTokenSource.Create(new()
        {
            Issuer = server.Issuer,
            ClientId = TestData.ClientId,
            Grant = GrantType.ClientCredentials,
            ClientAuthentication = ClientAuthenticationMethod.MutualTls,
            ClientCertificate = new() { Path = _folder.Write("tls", certificate.Export(X509ContentType.Pkcs12)) },
            // The certificate of the strict server is its own issuer.
            TrustedCertificates = _folder.Write("ca", server.ServerCertificate!.ExportCertificatePem()),
            AllowLoopbackHttp = true,
        });

        var token = await client.GetTokenAsync(Cancellation);

        Assert.True(server.CheckAccessToken($"Bearer {token.Value}", null, certificate).IsValid);
    }

    [Fact]
    public async Task Clients_of_a_container_trust_only_the_certificates_of_their_own_file()
    {
        await using var server = await StartAsync(_authority.Issue());
        var services = new ServiceCollection();
        services.AddJwtGrantClient("trusting", options => Configure(options, server, Write(_authority)));
        services.AddJwtGrantClient("other", options => Configure(options, server, _folder.Write("other", _other.Root.ExportCertificatePem())));
        services.AddJwtGrantClient("machine", options => Configure(options, server, null));
        await using var provider = services.BuildServiceProvider();
        ITokenSource Client(string name) => provider.GetRequiredKeyedService<ITokenSource>(name);

        await Client("trusting").GetTokenAsync(Cancellation);

        await FailAsync(Client("other"));
        await FailAsync(Client("machine"));
        Assert.Equal(1, server.Calls);
    }

    [Fact]
    public async Task A_replaced_file_applies_to_the_next_request_although_a_connection_is_open()
    {
        var closed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var server = await ScriptedServer.StartAsync(_authority, _authority.Issue(), context =>
        {
            context.Features.GetRequiredFeature<IConnectionLifetimeFeature>().ConnectionClosed.Register(() => closed.TrySetResult());
            return Reply.Token(context);
        });
        await using var client = Create(server, Write(_authority));
        await RequestAsync(client);

        Write(_other);
        await RequestAsync(client);
        _time.Advance(TrustedCertificates.CheckInterval);

        Assert.Equal("server_unreachable", (await Assert.ThrowsAsync<JwtGrantException>(() => RequestAsync(client))).Code);
        await closed.Task.WithTimeout();
        Write(_authority);
        _time.Advance(TrustedCertificates.CheckInterval);
        await RequestAsync(client);
        Assert.Equal(3, server.Calls);
    }

    [Fact]
    public async Task A_damaged_file_does_not_affect_requests()
    {
        await using var server = await StartAsync(_authority.Issue());
        await using var client = Create(server, Write(_authority));
        await RequestAsync(client);

        _folder.Write("ca", "half-written");
        _time.Advance(TrustedCertificates.CheckInterval);
        await RequestAsync(client);

        Assert.Equal(2, server.Calls);
    }

    [Fact]
    public async Task A_response_that_is_being_read_is_complete_although_the_file_was_replaced()
    {
        var (started, finish) = (NewCompletion(), NewCompletion());
        await using var server = await ScriptedServer.StartAsync(
            _authority,
            _authority.Issue(),
            async context =>
            {
                await context.Response.WriteAsync("begin ", context.RequestAborted);
                started.SetResult();
                await finish.Task;
                await context.Response.WriteAsync("end", context.RequestAborted);
            },
            Reply.Status(204));
        var trusted = new TrustedCertificates(Write(_authority), _time, NullLogger.Instance);
        using var http = new HttpMessageInvoker(new ReloadingTrustHandler(trusted, roots => TokenEndpointConnections.CreateHandler(roots: roots)));
        Task<HttpResponseMessage> SendAsync() => http.SendAsync(new(HttpMethod.Get, server.Address), Cancellation).WithTimeout();
        using var response = await SendAsync();
        await started.Task.WithTimeout();

        _folder.Write("ca", $"{_other.Root.ExportCertificatePem()}\n{_authority.Root.ExportCertificatePem()}");
        _time.Advance(TrustedCertificates.CheckInterval);
        using var second = await SendAsync();
        finish.SetResult();

        Assert.Equal(2, trusted.Current.Version);
        Assert.Equal("begin end", await response.Content.ReadAsStringAsync(Cancellation).WithTimeout());
    }

    [Fact]
    public async Task A_request_that_waits_for_its_response_gets_it_although_the_file_was_replaced()
    {
        var (started, finish) = (NewCompletion(), NewCompletion());
        await using var server = await ScriptedServer.StartAsync(
            _authority,
            _authority.Issue(),
            async context =>
            {
                started.SetResult();
                await finish.Task;
                await Reply.Token(context);
            },
            Reply.Token);
        await using var client = Create(server, Write(_authority));
        var waiting = RequestAsync(client);
        await started.Task.WithTimeout();

        _folder.Write("ca", $"{_other.Root.ExportCertificatePem()}\n{_authority.Root.ExportCertificatePem()}");
        _time.Advance(TrustedCertificates.CheckInterval);
        await RequestAsync(client);
        finish.SetResult();

        Assert.Equal("abc", (await waiting.WithTimeout()).AccessToken.Value);
    }

    [Fact]
    public async Task A_handler_that_is_disposed_sends_nothing_more()
    {
        var trusted = new TrustedCertificates(Write(_authority), _time, NullLogger.Instance);
        using var handler = new ReloadingTrustHandler(trusted, roots => TokenEndpointConnections.CreateHandler(roots: roots));
        using var disposed = new HttpMessageInvoker(handler, disposeHandler: false);
        handler.Dispose();

        await Assert.ThrowsAsync<ObjectDisposedException>(() => disposed.SendAsync(new(HttpMethod.Get, "https://127.0.0.1:1/"), Cancellation));
    }

    private static TaskCompletionSource NewCompletion() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private static Task<TokenResponse> RequestAsync(JwtGrantTokenSource client) =>
        client.Endpoint.RequestAsync(Grant.RefreshToken("refresh"), Cancellation).WithTimeout();

    private static Task<JwtGrantException> FailAsync(ITokenSource client) =>
        Assert.ThrowsAsync<JwtGrantException>(() => client.GetTokenAsync(Cancellation).AsTask());

    private static JwtGrantOptions Options(ScriptedServer server, string? trusted)
    {
        var options = new JwtGrantOptions();
        Configure(options, server, trusted);
        return options;
    }

    private static void Configure(JwtGrantOptions options, ScriptedServer server, string? trusted)
    {
        TestClient.Configure(options);
        (options.TokenEndpoint, options.TrustedCertificates) = (server.TokenEndpoint, trusted);
    }

    private string Write(TestAuthority authority) => _folder.Write("ca", authority.Root.ExportCertificatePem());

    private Task<ScriptedServer> StartAsync(X509Certificate2 certificate) => ScriptedServer.StartAsync(_authority, certificate, Reply.Token);

    private JwtGrantTokenSource Create(ScriptedServer server, string trusted) =>
        JwtGrantTokenSource.Create(Options(server, trusted), timeProvider: _time);
}
