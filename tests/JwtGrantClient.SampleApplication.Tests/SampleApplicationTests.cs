using System.Net;
using System.Security.Cryptography;
using JwtGrantClient;
using JwtGrantClient.Testing;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Mvc.Testing;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.DependencyInjection;

namespace JwtGrantClient.SampleApplication.Tests;

/// <summary>Tests an application in memory, with the strict server in place of its authorization server and of its API.</summary>
public sealed class SampleApplicationTests : WebApplicationFactory<Program>
{
    private readonly StrictAuthorizationServer _server = StrictAuthorizationServer.CreateInMemory();

    protected override void ConfigureWebHost(IWebHostBuilder builder) => builder.ConfigureTestServices(services =>
    {
        using var key = RSA.Create(2048);
        var pem = key.ExportPkcs8PrivateKeyPem();
        _server.RegisterClient(new() { Id = "batch-worker", PublicKeyPem = key.ExportSubjectPublicKeyInfoPem() });
        services.Configure<JwtGrantOptions>("reports", options => (options.Issuer, options.SigningKey) = (_server.Issuer, new() { Text = pem }));
        services.ConfigureJwtGrantClient("reports").UseTokenEndpointHandler(_ => _server.CreateHandler());
        services.AddHttpClient("reports").ConfigurePrimaryHttpMessageHandler(() => new FakeApi(_server));
    });

    [Fact]
    public async Task The_total_is_read_with_a_token()
    {
        using var http = CreateClient();

        Assert.Equal("42", await http.GetStringAsync("/total"));
        Assert.Equal(1, _server.TokensIssued);
    }

    [Fact]
    public async Task A_revoked_token_is_replaced()
    {
        using var http = CreateClient();
        await http.GetStringAsync("/total");

        _server.RevokeAll();

        Assert.Equal("42", await http.GetStringAsync("/total"));
        Assert.Equal(2, _server.TokensIssued);
    }

    /// <summary>An API that accepts the tokens of the strict server.</summary>
    private sealed class FakeApi(StrictAuthorizationServer server) : HttpMessageHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            var check = server.CheckAccessToken(request.Headers.Authorization?.ToString());
            var response = new HttpResponseMessage((HttpStatusCode)check.Status) { Content = new StringContent("42"), RequestMessage = request };
            if (check.WwwAuthenticate is { } challenge)
                response.Headers.TryAddWithoutValidation("WWW-Authenticate", challenge);
            return Task.FromResult(response);
        }
    }
}
