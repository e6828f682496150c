using System.Net;
using JwtGrantClient.Testing;
using JwtGrantClient.Tests.TestSupport;

namespace JwtGrantClient.Tests.Scenarios;

/// <summary>DPoP end to end. The strict server validates the proofs at its token endpoint, and for an API that checks tokens with it.</summary>
public sealed class DPoPScenarioTests : IAsyncLifetime
{
    private StrictAuthorizationServer _server = null!;
    private LoopbackServer _api = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _server = await StrictAuthorizationServer.StartAsync(new() { RequireDPoPNonce = true, RequireResourceDPoPNonce = true }, Cancellation);
        _server.RegisterClient(new() { Id = TestData.ClientId, PublicKeyPem = TestData.RsaPublicPem, RequireDPoP = true });
        _api = await LoopbackServer.StartAsync(context =>
        {
            var check = _server.CheckAccessToken(
                context.Request.Method, $"{_api.Address}{context.Request.Path}", context.Request.Headers.Authorization, context.Request.Headers["DPoP"]);
            context.Response.StatusCode = check.Status;
            if (check.DPoPNonce is { } nonce)
                context.Response.Headers["DPoP-Nonce"] = nonce;
            if (check.WwwAuthenticate is { } challenge)
                context.Response.Headers.WWWAuthenticate = challenge;
            return Task.CompletedTask;
        });
    }

    public async ValueTask DisposeAsync()
    {
        await _api.DisposeAsync();
        await _server.DisposeAsync();
    }

    [Theory]
    [InlineData(null), InlineData("P-256"), InlineData("RSA")]
    public async Task A_bound_token_is_obtained_with_one_nonce_and_used_at_the_API_with_another(string? key)
    {
        await using var tokens = Client(key);
        using var http = new HttpClient(new AccessTokenHandler(tokens, new() { AllowedOrigins = [_api.Address], AllowLoopbackHttp = true }) { InnerHandler = new SocketsHttpHandler() });

        for (var i = 0; i < 3; i++)
        {
            using var response = await http.GetAsync(new Uri($"{_api.Address}/reports?page={i}"), Cancellation);
            Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        }

        Assert.Equal(1, _server.TokensIssued);
        Assert.Equal([400, 200], _server.Requests.Where(request => request.Method == "POST").Select(request => request.Status));
    }

    [Fact]
    public async Task Requests_succeed_after_the_server_changes_its_nonce()
    {
        await using var tokens = Client(key: null);
        using var http = new HttpClient(new AccessTokenHandler(tokens, new() { AllowedOrigins = [_api.Address], AllowLoopbackHttp = true }) { InnerHandler = new SocketsHttpHandler() });
        using var first = await http.GetAsync(new Uri(_api.Address), Cancellation);

        _server.RotateDPoPNonce();
        _server.RevokeAll();
        using var second = await http.GetAsync(new Uri(_api.Address), Cancellation);

        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.OK), (first.StatusCode, second.StatusCode));
        Assert.Equal(2, _server.TokensIssued);
    }

    [Fact]
    public async Task A_stolen_token_is_rejected_without_the_key()
    {
        await using var tokens = Client(key: null);
        var stolen = await tokens.GetTokenAsync(Cancellation);
        using var http = new HttpClient();
        http.DefaultRequestHeaders.Authorization = new("Bearer", stolen.Value);

        using var asBearer = await http.GetAsync(new Uri(_api.Address), Cancellation);

        Assert.Equal(HttpStatusCode.Unauthorized, asBearer.StatusCode);
    }

    private JwtGrantTokenSource Client(string? key) => JwtGrantTokenSource.Create(new()
    {
        Issuer = _server.Issuer,
        ClientId = TestData.ClientId,
        Grant = GrantType.ClientCredentials,
        ClientAuthentication = ClientAuthenticationMethod.PrivateKeyJwt,
        SigningKey = { Text = TestData.RsaPrivatePem },
        DPoP =
        {
            Enabled = true,
            SigningKey = { Text = key switch { null => null, "RSA" => Keys.OtherRsaPem, _ => Keys.P256.ExportPkcs8PrivateKeyPem() } },
        },
        AllowLoopbackHttp = true,
    });
}
