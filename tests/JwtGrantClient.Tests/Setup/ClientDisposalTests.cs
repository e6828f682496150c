using JwtGrantClient.Tests.TestSupport;
using Microsoft.Extensions.DependencyInjection;

namespace JwtGrantClient.Tests.Setup;

public sealed class ClientDisposalTests
{
    private readonly FakeTokenEndpoint _endpoint = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Disposing_the_container_disposes_its_clients(bool asynchronously)
    {
        var transport = new CountingHandler(_endpoint.Handler);
        var services = new ServiceCollection();
        services.AddJwtGrantClient("reports", TestClient.Configure).UseTokenEndpointHandler(_ => transport);
        services.AddJwtGrantClient(TestClient.Configure).UseTokenEndpointHandler(_ => transport);
        services.AddHttpClient("api", http => http.BaseAddress = new(ProtectedApi.Origin)).AddJwtGrantToken("reports").ConfigurePrimaryHttpMessageHandler(() => new StubHandler(_ => ProtectedApi.Ok()));
        var provider = services.BuildServiceProvider();
        var tokens = provider.GetRequiredKeyedService<ITokenSource>("reports");
        using var response = await provider.GetRequiredService<IHttpClientFactory>().CreateClient("api").GetAsync(ProtectedApi.Address, Cancellation);
        await provider.GetRequiredService<ITokenSource>().GetTokenAsync(Cancellation);
        _endpoint.DelayResponseUntil = new TaskCompletionSource().Task;
        var pending = tokens.GetTokenAsync(new TokenRequest { Scope = "other" }, Cancellation);

        if (asynchronously)
            await provider.DisposeAsync();
        else
            ((IDisposable)provider).Dispose();

        await Assert.ThrowsAsync<ObjectDisposedException>(pending.AsTask);
        Assert.Equal(2, transport.Disposals);
    }

    [Fact]
    public async Task A_client_is_not_created_before_its_first_use()
    {
        var services = new ServiceCollection();
        services.AddJwtGrantClient("reports", TestClient.Configure).UseTokenEndpointHandler(_ => throw new InvalidOperationException("The client was created."));
        services.AddHttpClient("api", http => http.BaseAddress = new(ProtectedApi.Origin)).AddJwtGrantToken("reports");
        await using var provider = services.BuildServiceProvider(new ServiceProviderOptions { ValidateOnBuild = true, ValidateScopes = true });

        Assert.Throws<InvalidOperationException>(() => provider.GetRequiredKeyedService<ITokenSource>("reports"));
    }

    [Fact]
    public async Task A_client_without_a_container_can_be_disposed_twice()
    {
        var transport = new CountingHandler(_endpoint.Handler);
        var tokens = JwtGrantTokenSource.Create(TestClient.Options(), tokenEndpointHandler: transport);
        _endpoint.DelayResponseUntil = new TaskCompletionSource().Task;
        var pending = tokens.GetTokenAsync(Cancellation);

        await tokens.DisposeAsync();
        await tokens.DisposeAsync();

        await Assert.ThrowsAsync<ObjectDisposedException>(pending.AsTask);
        await Assert.ThrowsAsync<ObjectDisposedException>(() => tokens.GetTokenAsync(Cancellation).AsTask());
        Assert.Equal(1, transport.Disposals);
    }

    private sealed class CountingHandler(HttpMessageHandler inner) : DelegatingHandler(inner)
    {
        public int Disposals { get; private set; }

        protected override void Dispose(bool disposing)
        {
            Disposals++;
            base.Dispose(disposing);
        }
    }
}
