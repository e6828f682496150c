using JwtGrantClient.Testing;
using JwtGrantClient.Tests.TestSupport;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace JwtGrantClient.Tests.Hosting;

public sealed class WarmUpTests
{
    [Fact]
    public async Task The_first_token_is_cached_when_the_host_has_started()
    {
        await using var server = await StartServerAsync();
        using var host = BuildHost(server, failFast: true);

        await host.StartAsync(TestContext.Current.CancellationToken);

        Assert.Equal(1, server.TokensIssued);
        var pending = host.Services.GetRequiredKeyedService<ITokenSource>("reports").GetTokenAsync(TestContext.Current.CancellationToken);
        Assert.True(pending.IsCompletedSuccessfully);
        await pending;
        await host.StopAsync(TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task A_key_whose_algorithm_the_metadata_excludes_stops_the_host()
    {
        await using var site = await LoopbackServer.StartAsync(context =>
        {
            var issuer = $"http://{context.Request.Host}";
            return context.Response.Body.WriteAsync(System.Text.Encoding.UTF8.GetBytes(
                $$"""{"issuer":"{{issuer}}","token_endpoint":"{{issuer}}/token","token_endpoint_auth_signing_alg_values_supported":["ES256"]}""")).AsTask();
        });
        using var host = BuildHost(site.Address, failFast: true);

        var error = await Assert.ThrowsAsync<JwtGrantException>(() => host.StartAsync(TestContext.Current.CancellationToken));

        Assert.StartsWith($"The client's key signs RS256, but '{site.Address}' accepts ES256 according to its metadata.", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_failure_stops_the_host_only_if_failFast_is_set()
    {
        await using var server = await StartServerAsync();
        server.Enqueue(ScriptedResponse.OAuthError("unauthorized_client"));
        using var strict = BuildHost(server, failFast: true);
        Assert.Equal("unauthorized_client", (await Assert.ThrowsAsync<JwtGrantException>(() => strict.StartAsync(TestContext.Current.CancellationToken))).Error);

        server.Enqueue(ScriptedResponse.OAuthError("unauthorized_client"));
        using var tolerant = BuildHost(server, failFast: false);
        await tolerant.StartAsync(TestContext.Current.CancellationToken);

        Assert.Equal(0, server.TokensIssued);
        await tolerant.StopAsync(TestContext.Current.CancellationToken);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_signer_whose_factory_throws_stops_the_host_only_if_failFast_is_set(bool failFast)
    {
        var builder = Microsoft.Extensions.Hosting.Host.CreateEmptyApplicationBuilder(new());
        builder.Services.AddJwtGrantClient("reports", options => (options.TokenEndpoint, options.ClientId) = (TestData.TokenEndpoint, TestData.ClientId))
            .UseSigner(_ => throw new IOException("The key service does not respond."))
            .AddWarmUp(failFast);
        using var host = builder.Build();

        var start = await Record.ExceptionAsync(() => host.StartAsync(TestContext.Current.CancellationToken));

        Assert.Equal(failFast ? "The key service does not respond." : null, start?.Message);
    }

    private static async Task<StrictAuthorizationServer> StartServerAsync()
    {
        var server = await StrictAuthorizationServer.StartAsync(cancellationToken: TestContext.Current.CancellationToken);
        server.RegisterClient(new() { Id = TestData.ClientId, PublicKeyPem = TestData.RsaPublicPem });
        return server;
    }

    private static IHost BuildHost(StrictAuthorizationServer server, bool failFast) => BuildHost(server.Issuer, failFast);

    private static IHost BuildHost(string issuer, bool failFast)
    {
        var builder = Microsoft.Extensions.Hosting.Host.CreateEmptyApplicationBuilder(new());
        builder.Services.AddJwtGrantClient("reports", options =>
        {
            options.Issuer = issuer;
            options.ClientId = TestData.ClientId;
            options.ClientAuthentication = ClientAuthenticationMethod.PrivateKeyJwt;
            options.SigningKey.Text = TestData.RsaPrivatePem;
            options.AllowLoopbackHttp = true;
        }).AddWarmUp(failFast);
        return builder.Build();
    }
}
