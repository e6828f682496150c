using System.Collections.Concurrent;
using System.Net;
using JwtGrantClient.Testing;
using JwtGrantClient.Tests.TestSupport;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Connections;
using Microsoft.AspNetCore.SignalR;
using Microsoft.AspNetCore.SignalR.Client;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace JwtGrantClient.Tests.Scenarios;

/// <summary>The statements of docs/signalr.md about a SignalR client, against a hub on 127.0.0.1 that validates the token of each HTTP request.</summary>
public sealed class SignalRTests : IAsyncLifetime
{
    private readonly StrictAuthorizationServer _server = StrictAuthorizationServer.CreateInMemory();
    private readonly ConcurrentQueue<int> _statuses = new();
    private WebApplication _api = null!;
    private string? _requiredScope;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private string Origin => _api.Urls.Single();

    public async ValueTask InitializeAsync()
    {
        _server.RegisterClient(new() { Id = TestData.ClientId, PublicKeyPem = TestData.RsaPublicPem });
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        builder.Services.AddSignalR();
        _api = builder.Build();
        _api.Use(async (context, next) =>
        {
            var check = _server.CheckAccessToken(context.Request.Headers.Authorization, _requiredScope);
            _statuses.Enqueue(check.Status);
            if (check.IsValid)
            {
                await next(context);
                return;
            }
            context.Response.StatusCode = check.Status;
            context.Response.Headers.WWWAuthenticate = check.WwwAuthenticate;
        });
        _api.MapHub<ReportsHub>("/reports");
        await _api.StartAsync(Cancellation);
    }

    public async ValueTask DisposeAsync()
    {
        await _api.DisposeAsync();
        await _server.DisposeAsync();
    }

    [Theory]
    [InlineData(HttpTransportType.WebSockets)]
    [InlineData(HttpTransportType.ServerSentEvents)]
    [InlineData(HttpTransportType.LongPolling)]
    public async Task An_access_token_provider_gives_the_token_to_each_transport(HttpTransportType transport)
    {
        await using var tokens = CreateTokens();
        await using var connection = new HubConnectionBuilder()
            .WithUrl($"{Origin}/reports", transport, http => http.AccessTokenProvider = async () => (await tokens.GetTokenAsync(Cancellation)).Value)
            .Build();

        Assert.Equal("March: 42", await CallAsync(connection));
        Assert.All(_statuses, status => Assert.Equal(200, status));
    }

    [Theory]
    [InlineData(HttpTransportType.ServerSentEvents)]
    [InlineData(HttpTransportType.LongPolling)]
    public async Task A_handler_around_the_one_of_SignalR_replaces_a_rejected_token(HttpTransportType transport)
    {
        await using var tokens = CreateTokens();
        await tokens.GetTokenAsync(Cancellation);
        _server.RevokeAll();
        await using var connection = new HubConnectionBuilder()
            .WithUrl($"{Origin}/reports", transport, http => http.HttpMessageHandlerFactory = inner =>
                new AccessTokenHandler(tokens, new() { AllowedOrigins = [Origin], AllowLoopbackHttp = true }) { InnerHandler = inner })
            .Build();

        Assert.Equal("March: 42", await CallAsync(connection));
        Assert.Equal(401, _statuses.First());
        Assert.All(_statuses.Skip(1), status => Assert.Equal(200, status));
    }

    [Fact]
    public async Task The_callback_for_another_token_serves_the_negotiation_but_not_messages_which_are_streams()
    {
        await using var tokens = CreateTokens();
        _requiredScope = "reports.archive";
        await using var connection = new HubConnectionBuilder()
            .WithUrl($"{Origin}/reports", HttpTransportType.ServerSentEvents, http => http.HttpMessageHandlerFactory = inner =>
                new AccessTokenHandler(tokens, new()
                {
                    AllowedOrigins = [Origin], AllowLoopbackHttp = true,
                    OnChallenge = (challenge, _) => new(new TokenRequest(challenge.TokenRequest) { Scope = challenge.Scope }),
                })
                {
                    InnerHandler = inner,
                })
            .Build();

        var error = await Assert.ThrowsAsync<HttpRequestException>(() => connection.StartAsync(Cancellation).WithTimeout());

        Assert.Equal(HttpStatusCode.Forbidden, error.StatusCode);
        Assert.Equal([403, 200], _statuses.Take(2));
        Assert.Equal(403, _statuses.Last());
        Assert.Equal(2, _server.TokensIssued);
    }

    [Fact]
    public async Task A_WebSocket_does_not_use_the_handler()
    {
        await using var tokens = CreateTokens();
        await using var connection = new HubConnectionBuilder()
            .WithUrl($"{Origin}/reports", HttpTransportType.WebSockets, http => http.HttpMessageHandlerFactory = inner =>
                new AccessTokenHandler(tokens, new() { AllowedOrigins = [Origin], AllowLoopbackHttp = true }) { InnerHandler = inner })
            .Build();

        await Assert.ThrowsAnyAsync<Exception>(() => CallAsync(connection));

        Assert.Equal([200, 401], _statuses);
    }

    private static async Task<string> CallAsync(HubConnection connection)
    {
        await connection.StartAsync(Cancellation).WithTimeout();
        return await connection.InvokeAsync<string>("Total", "March", Cancellation).WithTimeout();
    }

    private JwtGrantTokenSource CreateTokens() => JwtGrantTokenSource.Create(
        new JwtGrantOptions { Issuer = _server.Issuer, ClientId = TestData.ClientId, AllowLoopbackHttp = true, SigningKey = { Text = TestData.RsaPrivatePem } },
        tokenEndpointHandler: _server.CreateHandler());

    private sealed class ReportsHub : Hub
    {
#pragma warning disable CA1822 // SignalR calls instance methods.
        public string Total(string month) => $"{month}: 42";
#pragma warning restore CA1822
    }
}
