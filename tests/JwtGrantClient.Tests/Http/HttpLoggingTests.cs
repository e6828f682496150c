using JwtGrantClient.Tests.TestSupport;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace JwtGrantClient.Tests.Http;

public sealed class HttpLoggingTests
{
    [Fact]
    public async Task No_token_or_assertion_is_logged_at_any_level_also_not_by_HttpClientFactory()
    {
        using var log = new LogLines();
        var endpoint = new FakeTokenEndpoint();
        var services = new ServiceCollection();
        services.AddLogging(logging => logging.SetMinimumLevel(LogLevel.Trace).AddProvider(log));
        services.AddTestClient("reports", endpoint);
        services.AddHttpClient("api", http => http.BaseAddress = new(ProtectedApi.Origin)).AddJwtGrantToken("reports").ConfigurePrimaryHttpMessageHandler(
            () => new StubHandler(request => request.Headers.Authorization!.Parameter == "token-1" ? ProtectedApi.Unauthorized() : ProtectedApi.Ok()));
        await using var provider = services.BuildServiceProvider();
        var http = provider.GetRequiredService<IHttpClientFactory>().CreateClient("api");

        for (var calls = 0; calls < 2; calls++)
            (await http.GetAsync(ProtectedApi.Address, TestContext.Current.CancellationToken)).Dispose();

        Assert.Contains(log.All, line => line.Contains("Authorization: *", StringComparison.Ordinal));
        Assert.Contains(log.All, line => line.Contains("responded with 401 to the token", StringComparison.Ordinal));
        Assert.Equal(2, endpoint.Requests);
        Assert.DoesNotContain(log.All, line => line.Contains("token-", StringComparison.Ordinal));
        Assert.DoesNotContain(log.All, line => endpoint.Forms.Any(form => line.Contains(form["assertion"]!, StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData(true), InlineData(false)]
    public async Task RedactLoggedHeaders_for_other_headers_does_not_log_the_token_or_a_proof(bool before)
    {
        using var log = new LogLines();
        var services = new ServiceCollection();
        services.AddLogging(logging => logging.SetMinimumLevel(LogLevel.Trace).AddProvider(log));
        services.AddTestClient("reports", new FakeTokenEndpoint());
        var http = services.AddHttpClient("api", http => http.BaseAddress = new(ProtectedApi.Origin))
            .ConfigurePrimaryHttpMessageHandler(() => new StubHandler(_ => ProtectedApi.Ok()));
        if (before)
            http.RedactLoggedHeaders(["X-Secret"]);
        http.AddJwtGrantToken("reports");
        if (!before)
            http.RedactLoggedHeaders(["X-Secret"]);
        await using var provider = services.BuildServiceProvider();
        using var request = new HttpRequestMessage(HttpMethod.Get, ProtectedApi.Address);
        request.Headers.Add("X-Shown", "shown");
        request.Headers.Add("X-Secret", "hidden");
        request.Headers.Add("DPoP", "proof");

        (await provider.GetRequiredService<IHttpClientFactory>().CreateClient("api").SendAsync(request, TestContext.Current.CancellationToken)).Dispose();

        Assert.Contains(log.All, line => line.Contains("X-Shown: shown", StringComparison.Ordinal));
        Assert.DoesNotContain(log.All, line => line.Contains("hidden", StringComparison.Ordinal) || line.Contains("token-", StringComparison.Ordinal) || line.Contains("DPoP: proof", StringComparison.Ordinal));
    }
}
