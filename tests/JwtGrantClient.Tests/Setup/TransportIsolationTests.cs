using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Web;
using JwtGrantClient.Tests.TestSupport;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Polly;

namespace JwtGrantClient.Tests.Setup;

/// <summary>Defaults for all HttpClients do not apply to the token endpoint, where each retry needs a new assertion (RFC 7523 section 3, jti).</summary>
public sealed class TransportIsolationTests
{
    private readonly ConcurrentQueue<string?> _assertions = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_resilience_handler_for_all_HttpClients_does_not_replay_assertions()
    {
        var defaults = new RecordingHandler();
        await using var server = await LoopbackServer.StartAsync(http => RespondAsync(http, failures: 2));
        var services = new ServiceCollection();
        services.ConfigureHttpClientDefaults(http =>
        {
            http.AddHttpMessageHandler(() => new RecordingHandler(defaults));
            http.AddStandardResilienceHandler(options => options.Retry.Delay = TimeSpan.Zero);
        });
        services.AddJwtGrantClient("reports", options => Configure(options, server));
        services.AddHttpClient("api", http => http.BaseAddress = new(ProtectedApi.Origin)).AddJwtGrantToken("reports").ConfigurePrimaryHttpMessageHandler(() => new StubHandler(_ => ProtectedApi.Ok()));
        await using var provider = services.BuildServiceProvider();

        using var response = await provider.GetRequiredService<IHttpClientFactory>().CreateClient("api").GetAsync(ProtectedApi.Address, Cancellation);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal(["https://api.example.com/reports"], defaults.Addresses);
        Assert.Equal(3, _assertions.Select(assertion => Jwt.Parse(assertion!)["jti"]).Distinct().Count());
    }

    [Fact]
    public async Task A_redirect_of_the_token_endpoint_is_an_error_and_no_request_reaches_the_other_host()
    {
        await using var other = await LoopbackServer.StartAsync(http => RespondAsync(http, failures: 0));
        await using var server = await LoopbackServer.StartAsync(http =>
        {
            http.Response.StatusCode = 307;
            http.Response.Headers.Location = other.Address;
            return Task.CompletedTask;
        });
        var services = new ServiceCollection();
        services.AddJwtGrantClient("reports", options => Configure(options, server));
        await using var provider = services.BuildServiceProvider();

        var error = await Assert.ThrowsAsync<JwtGrantException>(
            () => provider.GetRequiredKeyedService<ITokenSource>("reports").GetTokenAsync(Cancellation).AsTask());

        Assert.Equal("token_endpoint_redirected", error.Code);
        Assert.Empty(_assertions);
    }

    [Fact]
    public async Task A_custom_retry_pipeline_sends_a_new_assertion_at_each_attempt()
    {
        await using var server = await LoopbackServer.StartAsync(http => RespondAsync(http, failures: 5));
        var services = new ServiceCollection();
        services.AddJwtGrantClient("reports", options => Configure(options, server)).UseRetryPipeline(
            _ => new ResiliencePipelineBuilder().AddRetry(new() { MaxRetryAttempts = 5, Delay = TimeSpan.Zero }).Build());
        await using var provider = services.BuildServiceProvider();

        var token = await provider.GetRequiredKeyedService<ITokenSource>("reports").GetTokenAsync(Cancellation);

        Assert.Equal("token-6", token.Value);
        Assert.Equal(6, _assertions.Select(assertion => Jwt.Parse(assertion!)["jti"]).Distinct().Count());
    }

    private static void Configure(JwtGrantOptions options, LoopbackServer server)
    {
        TestClient.Configure(options);
        options.TokenEndpoint = server.Address + "/token";
    }

    private async Task RespondAsync(HttpContext http, int failures)
    {
        using var reader = new StreamReader(http.Request.Body);
        _assertions.Enqueue(HttpUtility.ParseQueryString(await reader.ReadToEndAsync(Cancellation))["assertion"]);
        var number = _assertions.Count;
        if (number <= failures)
        {
            http.Response.StatusCode = 503;
            // Retry without delay: the default pipeline waits as long as Retry-After says.
            http.Response.Headers.RetryAfter = "0";
            return;
        }
        http.Response.ContentType = "application/json";
        var value = number.ToString(CultureInfo.InvariantCulture);
        await http.Response.WriteAsync($$"""{"access_token":"token-{{value}}","token_type":"Bearer","expires_in":60}""", Cancellation);
    }

    /// <summary>Records the address of every request.</summary>
    private sealed class RecordingHandler(RecordingHandler? root = null) : DelegatingHandler
    {
        public ConcurrentQueue<string> Addresses { get; } = root?.Addresses ?? new();

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            Addresses.Enqueue(request.RequestUri!.ToString());
            return base.SendAsync(request, cancellationToken);
        }
    }
}
