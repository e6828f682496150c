using System.Net;
using JwtGrantClient.Tests.TestSupport;
using Microsoft.Extensions.DependencyInjection;

namespace JwtGrantClient.Tests.Http;

/// <summary>A 401 to a token that another process has acquired: it is replaced once, in this process only.</summary>
public sealed class SharedTokenRejectionTests
{
    private readonly FakeTokenEndpoint _endpoint = new();
    private readonly InMemoryTokenStore _store = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_401_to_a_token_that_was_adopted_in_this_call_is_retried_with_a_new_token()
    {
        await PublishTokenAsync();
        await using var process = CreateProcess(token => token == "token-1" ? ProtectedApi.Unauthorized() : ProtectedApi.Ok(), out var received);

        using var response = await GetAsync(process);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal(["token-1", "token-2"], received);
    }

    [Fact]
    public async Task A_401_to_the_new_token_is_returned()
    {
        await PublishTokenAsync();
        await using var process = CreateProcess(_ => ProtectedApi.Unauthorized(), out var received);

        using var response = await GetAsync(process);

        Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
        Assert.Equal(["token-1", "token-2"], received);
    }

    [Fact]
    public async Task A_401_to_a_token_that_this_call_acquired_is_returned()
    {
        await using var process = CreateProcess(_ => ProtectedApi.Unauthorized(), out var received);

        using var response = await GetAsync(process);

        Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
        Assert.Equal(["token-1"], received);
    }

    [Fact]
    public async Task An_API_that_rejects_every_token_does_not_take_the_token_from_other_processes()
    {
        await PublishTokenAsync();
        await using var process = CreateProcess(_ => ProtectedApi.Unauthorized(), out _);

        using var response = await GetAsync(process);

        Assert.Empty(_store.Markers);
    }

    [Fact]
    public async Task A_client_without_dependency_injection_is_treated_alike()
    {
        // Its handler gets the token source itself, not its cache.
        await using var tokens = JwtGrantTokenSource.Create(TestClient.Options(), tokenEndpointHandler: _endpoint.Handler);
        using var http = new HttpMessageInvoker(new AccessTokenHandler(tokens, new() { AllowedOrigins = ["https://api.example.com"] })
        {
            InnerHandler = new StubHandler(request => request.Headers.Authorization!.Parameter == "token-1" ? ProtectedApi.Unauthorized() : ProtectedApi.Ok()),
        });
        await tokens.GetTokenAsync(Cancellation);
        using var request = new HttpRequestMessage(HttpMethod.Get, ProtectedApi.Address);

        using var response = await http.SendAsync(request, Cancellation);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }

    /// <summary>Publishes token-1, as another process would.</summary>
    private async Task PublishTokenAsync()
    {
        await using var other = CreateProcess(_ => ProtectedApi.Ok(), out _);
        var stored = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _store.OnStored = stored.SetResult;
        Assert.Equal("token-1", (await other.GetRequiredKeyedService<ITokenSource>("reports").GetTokenAsync(Cancellation)).Value);
        await stored.Task.WithTimeout();
        _store.OnStored = () => { };
    }

    private ServiceProvider CreateProcess(Func<string?, HttpResponseMessage> respond, out List<string?> received)
    {
        var tokens = received = [];
        var services = new ServiceCollection();
        services.AddTestClient("reports", _endpoint).UseSharedTokenStore(_ => _store);
        services.AddHttpClient("api", http => http.BaseAddress = new Uri(ProtectedApi.Address))
            .ConfigurePrimaryHttpMessageHandler(() => new StubHandler(request =>
            {
                tokens.Add(request.Headers.Authorization?.Parameter);
                return respond(request.Headers.Authorization?.Parameter);
            }))
            .AddJwtGrantToken("reports");
        return services.BuildServiceProvider();
    }

    private static Task<HttpResponseMessage> GetAsync(ServiceProvider process) =>
        process.GetRequiredService<IHttpClientFactory>().CreateClient("api").GetAsync(new Uri(ProtectedApi.Address), Cancellation);
}
