using System.Net;
using JwtGrantClient.Tests.TestSupport;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Http.Logging;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

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

    // At Trace, the logger of HttpClientFactory stores each header as a structured value, whatever RedactLoggedHeaders says.
    [Theory]
    [InlineData("Authorization", null), InlineData("Txn-Token", ""), InlineData("X-Api", "Token")]
    public async Task The_structured_values_of_HttpClientFactory_do_not_contain_the_token_which_the_API_gets(string name, string? scheme)
    {
        using var log = new LogLines();
        string? sent = null;
        await using var provider = BuildLogging(log, "api", http => http.AddJwtGrantToken("reports", options => (options.HeaderName, options.Scheme) = (name, scheme)), request =>
        {
            sent = request.Headers.GetValues(name).Single();
            return ProtectedApi.Ok();
        });
        using var request = new HttpRequestMessage(HttpMethod.Get, ProtectedApi.Address);

        (await provider.GetRequiredService<IHttpClientFactory>().CreateClient("api").SendAsync(request, TestContext.Current.CancellationToken)).Dispose();

        Assert.EndsWith("token-1", sent, StringComparison.Ordinal);
        Assert.Contains(log.Values, value => value == $"{name}=[hidden]");
        Assert.DoesNotContain(log.Values, value => value.Contains("token-", StringComparison.Ordinal));
        Assert.False(request.Headers.Contains(name));
        Assert.Empty(request.Options);
    }

    [Fact]
    public async Task The_headers_of_two_handlers_are_hidden()
    {
        using var log = new LogLines();
        var sent = new List<string>();
        await using var provider = BuildLogging(log, "", http => http.AddJwtGrantToken("reports").AddJwtGrantToken("reports", options => options.HeaderName = "Txn-Token"), request =>
        {
            sent.AddRange(request.Headers.SelectMany(header => header.Value));
            return ProtectedApi.Ok();
        });

        (await provider.GetRequiredService<IHttpClientFactory>().CreateClient("").GetAsync(ProtectedApi.Address, TestContext.Current.CancellationToken)).Dispose();

        Assert.Equal(["Bearer token-1", "token-1"], sent);
        Assert.Equal(["Authorization=[hidden]", "Txn-Token=[hidden]"], log.Values.Where(value => value.Contains("[hidden]", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task A_token_and_a_proof_that_the_API_echoes_are_hidden_from_the_log()
    {
        using var log = new LogLines();
        string? proof = null;
        await using var provider = BuildLogging(log, "api", http => http.AddJwtGrantToken("reports"), request =>
        {
            proof = request.Headers.GetValues("DPoP").Single();
            var response = ProtectedApi.Ok();
            response.Headers.Add("X-Echo", ["first", $"{request.Headers.Authorization}", proof]);
            response.Content = new StringContent("") { Headers = { { "X-Token", request.Headers.Authorization!.Parameter } } };
            return response;
        }, proof: true);

        using var response = await provider.GetRequiredService<IHttpClientFactory>().CreateClient("api").GetAsync(ProtectedApi.Address, TestContext.Current.CancellationToken);

        Assert.Equal(["first", "DPoP (the value of Authorization that was sent, not shown)", "(the value of DPoP that was sent, not shown)"], response.Headers.GetValues("X-Echo"));
        Assert.Equal(2, log.Values.Count(value => value == "X-Token=(the value of Authorization that was sent, not shown)"));
        Assert.Contains("DPoP=[hidden]", log.Values);
        Assert.DoesNotContain(log.Values, value => value.Contains("token-", StringComparison.Ordinal) || value.Contains(proof!, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_challenge_that_echoes_the_token_is_read_before_it_is_hidden()
    {
        using var log = new LogLines();
        await using var provider = BuildLogging(log, "api", http => http.AddJwtGrantToken("reports"), request =>
        {
            if (request.Headers.Authorization!.Parameter != "token-1")
                return ProtectedApi.Ok();
            var response = new HttpResponseMessage(HttpStatusCode.Unauthorized);
            response.Headers.TryAddWithoutValidation("WWW-Authenticate", "Bearer token=token-1, error=invalid_token");
            return response;
        });
        var http = provider.GetRequiredService<IHttpClientFactory>().CreateClient("api");
        await provider.GetRequiredKeyedService<ITokenSource>("reports").GetTokenAsync(TestContext.Current.CancellationToken);

        using var response = await http.GetAsync(ProtectedApi.Address, TestContext.Current.CancellationToken);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.DoesNotContain(log.Values, value => value.Contains("token-", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_handler_between_sees_the_token_also_when_it_is_hidden_from_the_log()
    {
        using var log = new LogLines();
        string? seen = null;
        await using var provider = BuildLogging(log, "api", http => http.AddJwtGrantToken("reports").AddHttpMessageHandler(() => new PassingHandler(request => seen = request.Headers.Authorization?.ToString())), _ => ProtectedApi.Ok());

        (await provider.GetRequiredService<IHttpClientFactory>().CreateClient("api").GetAsync(ProtectedApi.Address, TestContext.Current.CancellationToken)).Dispose();

        Assert.Equal("Bearer token-1", seen);
        Assert.Contains("Authorization=[hidden]", log.Values);
    }

    [Fact]
    public async Task A_request_that_fails_keeps_the_header_of_its_caller()
    {
        using var log = new LogLines();
        await using var provider = BuildLogging(log, "api", http => http.AddJwtGrantToken("reports"), _ => throw new HttpRequestException("down"));
        using var request = new HttpRequestMessage(HttpMethod.Get, ProtectedApi.Address) { Headers = { { "Authorization", "Basic credential" } } };

        await Assert.ThrowsAsync<HttpRequestException>(() => provider.GetRequiredService<IHttpClientFactory>().CreateClient("api").SendAsync(request, TestContext.Current.CancellationToken));

        Assert.Equal("Basic credential", request.Headers.Authorization!.ToString());
        Assert.Contains("Authorization=[hidden]", log.Values);
    }

    [Fact]
    public async Task A_logger_of_HttpClientFactory_without_a_container_gets_no_token()
    {
        using var log = new LogLines();
        using var logging = LoggerFactory.Create(builder => builder.SetMinimumLevel(LogLevel.Trace).AddProvider(log));
        await using var tokens = JwtGrantTokenSource.Create(TestClient.Options(), tokenEndpointHandler: new FakeTokenEndpoint().Handler);
        string? sent = null;
        using var http = new HttpMessageInvoker(new AccessTokenHandler(tokens, ProtectedApi.Options())
        {
            InnerHandler = new LoggingHttpMessageHandler(logging.CreateLogger("http"))
            {
                InnerHandler = new StubHandler(request =>
                {
                    sent = request.Headers.Authorization?.ToString();
                    return ProtectedApi.Ok();
                }),
            },
        });
        using var request = new HttpRequestMessage(HttpMethod.Get, ProtectedApi.Address);

        (await http.SendAsync(request, TestContext.Current.CancellationToken)).Dispose();

        Assert.Equal("Bearer token-1", sent);
        Assert.Contains("Authorization=[hidden]", log.Values);
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

    [Fact]
    public async Task A_derived_logger_that_changes_the_address_does_not_take_the_token_there()
    {
        await using var tokens = JwtGrantTokenSource.Create(TestClient.Options(), tokenEndpointHandler: new FakeTokenEndpoint().Handler);
        var sent = 0;
        using var http = new HttpMessageInvoker(new AccessTokenHandler(tokens, ProtectedApi.Options())
        {
            InnerHandler = new RedirectingLogger
            {
                InnerHandler = new StubHandler(_ =>
                {
                    sent++;
                    return ProtectedApi.Ok();
                }),
            },
        });
        using var request = new HttpRequestMessage(HttpMethod.Get, ProtectedApi.Address);

        await Assert.ThrowsAsync<JwtGrantException>(() => http.SendAsync(request, TestContext.Current.CancellationToken));

        Assert.Equal(0, sent);
    }

    private static ServiceProvider BuildLogging(
        LogLines log, string name, Func<IHttpClientBuilder, IHttpClientBuilder> add, Func<HttpRequestMessage, HttpResponseMessage> api, bool proof = false)
    {
        var services = new ServiceCollection();
        services.AddLogging(logging => logging.SetMinimumLevel(LogLevel.Trace).AddProvider(log));
        services.AddTestClient("reports", new FakeTokenEndpoint { TokenType = proof ? "DPoP" : "Bearer" });
        services.Configure<JwtGrantOptions>("reports", options => options.DPoP.Enabled = proof);
        add(services.AddHttpClient(name, http => http.BaseAddress = new(ProtectedApi.Origin)).ConfigurePrimaryHttpMessageHandler(() => new StubHandler(api)));
        return services.BuildServiceProvider();
    }

    private sealed class RedirectingLogger() : LoggingHttpMessageHandler(NullLogger.Instance)
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            request.RequestUri = new("https://other.example.com/reports");
            return base.SendAsync(request, cancellationToken);
        }
    }

    private sealed class PassingHandler(Action<HttpRequestMessage> see) : DelegatingHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            see(request);
            return base.SendAsync(request, cancellationToken);
        }
    }
}
