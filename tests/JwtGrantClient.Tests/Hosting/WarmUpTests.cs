using JwtGrantClient.Testing;
using JwtGrantClient.Tests.TestSupport;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace JwtGrantClient.Tests.Hosting;

public sealed class WarmUpTests
{
    private static readonly TokenRequest Write = new() { Scope = "reports.write" };

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
    public async Task The_tokens_of_all_requests_are_cached_when_the_host_has_started()
    {
        await using var server = await StartServerAsync();
        var log = new LogLines();
        using var host = BuildHost(server.Issuer, failFast: true, [TokenRequest.Default, Write], log);

        await host.StartAsync(TestContext.Current.CancellationToken);

        Assert.Equal(2, server.TokensIssued);
        var tokens = host.Services.GetRequiredKeyedService<ITokenSource>("reports");
        await tokens.GetTokenAsync(Write, TestContext.Current.CancellationToken);
        await tokens.GetTokenAsync(TestContext.Current.CancellationToken);
        Assert.Equal(2, server.TokensIssued);
        Assert.Matches(
            @"^Information 1 Client 'reports' is ready\. Tokens acquired at startup: 2; the first one expires at \d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$",
            Assert.Single(log.All, line => line.Contains("is ready", StringComparison.Ordinal)));
        await host.StopAsync(TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task One_of_several_requests_that_fails_stops_the_host()
    {
        await using var server = await StartServerAsync();
        using var host = BuildHost(server.Issuer, failFast: true, [TokenRequest.Default, new() { Scope = "unknown" }]);

        Assert.Equal("invalid_scope", (await Assert.ThrowsAsync<JwtGrantException>(() => host.StartAsync(TestContext.Current.CancellationToken))).Error);
    }

    [Fact]
    public async Task A_failed_warm_up_is_one_line_because_the_log_of_the_client_has_the_whole_error()
    {
        await using var server = await StartServerAsync();
        server.Enqueue(ScriptedResponse.OAuthError("unauthorized_client"));
        var log = new LogLines();
        using var host = BuildHost(server.Issuer, failFast: false, log: log);

        await host.StartAsync(TestContext.Current.CancellationToken);

        Assert.DoesNotContain('\n', Assert.Single(log.All, line => line.StartsWith("Warning 2 Client 'reports' could not acquire its first tokens at startup", StringComparison.Ordinal)));
        Assert.Single(log.All, line => line.Contains("JwtGrantException", StringComparison.Ordinal));
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
        server.RegisterClient(new() { Id = TestData.ClientId, PublicKeyPem = TestData.RsaPublicPem, AllowedScopes = ["reports.write"] });
        return server;
    }

    private static IHost BuildHost(StrictAuthorizationServer server, bool failFast) => BuildHost(server.Issuer, failFast);

    private static IHost BuildHost(string issuer, bool failFast, IEnumerable<TokenRequest>? requests = null, LogLines? log = null)
    {
        var builder = Microsoft.Extensions.Hosting.Host.CreateEmptyApplicationBuilder(new());
        if (log is not null)
            builder.Logging.AddProvider(log);
        builder.Services.AddJwtGrantClient("reports", options =>
        {
            options.Issuer = issuer;
            options.ClientId = TestData.ClientId;
            options.ClientAuthentication = ClientAuthenticationMethod.PrivateKeyJwt;
            options.SigningKey.Text = TestData.RsaPrivatePem;
            options.AllowLoopbackHttp = true;
        }).AddWarmUp(failFast, requests);
        return builder.Build();
    }
}
