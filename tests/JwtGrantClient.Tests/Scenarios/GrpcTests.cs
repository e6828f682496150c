using System.Collections.Concurrent;
using System.Net;
using System.Text;
using Grpc.AspNetCore.Server.Model;
using Grpc.Core;
using Grpc.Net.Client.Configuration;
using Grpc.Net.ClientFactory;
using JwtGrantClient.Testing;
using JwtGrantClient.Tests.TestSupport;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace JwtGrantClient.Tests.Scenarios;

/// <summary>The statements of docs/grpc.md about a gRPC client, against a gRPC server on 127.0.0.1 that validates the token.</summary>
public sealed class GrpcTests : IAsyncLifetime
{
    private const int NextTokenAcquired = 3;

    private readonly StrictAuthorizationServer _server = StrictAuthorizationServer.CreateInMemory();
    private readonly ConcurrentQueue<int> _statuses = new();
    private readonly LogLines _log = new();
    private WebApplication _api = null!;
    private string? _requiredScope;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _server.RegisterClient(new() { Id = TestData.ClientId, PublicKeyPem = TestData.RsaPublicPem });
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, listener => listener.Protocols = HttpProtocols.Http2));
        builder.Services.AddGrpc();
        builder.Services.AddSingleton<IServiceMethodProvider<ReportsService>, ReportsService.Methods>();
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
        _api.MapGrpcService<ReportsService>();
        await _api.StartAsync(Cancellation);
    }

    public async ValueTask DisposeAsync()
    {
        _log.Dispose();
        await _api.DisposeAsync();
        await _server.DisposeAsync();
    }

    [Fact]
    public async Task A_unary_call_carries_the_token()
    {
        await using var provider = Build();

        Assert.Equal("March: 42", await provider.GetRequiredService<ReportsClient>().TotalAsync("March"));
        Assert.Equal(1, _server.TokensIssued);
    }

    [Fact]
    public async Task A_client_without_allowed_origins_sends_nothing()
    {
        await using var provider = Build(handler => handler.AllowedOrigins = []);

        var error = await Assert.ThrowsAsync<RpcException>(() => provider.GetRequiredService<ReportsClient>().TotalAsync("March"));

        Assert.Equal(StatusCode.Internal, error.StatusCode);
        Assert.Equal("origin_not_allowed", Assert.IsType<JwtGrantException>(error.Status.DebugException).Code);
        Assert.Empty(_statuses);
    }

    [Fact]
    public async Task A_call_whose_token_the_API_rejects_fails_and_later_ones_have_a_new_token()
    {
        await using var provider = Build();
        var client = provider.GetRequiredService<ReportsClient>();
        await client.TotalAsync("March");
        _server.RevokeAll();

        var error = await Assert.ThrowsAsync<RpcException>(() => client.TotalAsync("March"));
        await _log.WaitForEventAsync(NextTokenAcquired).WithTimeout();

        Assert.Equal(StatusCode.Unauthenticated, error.StatusCode);
        Assert.Equal("March: 42", await client.TotalAsync("March"));
        Assert.Equal([200, 401, 200], _statuses);
    }

    [Fact]
    public async Task A_call_that_requires_more_scope_fails_without_the_callback_because_its_body_is_a_stream()
    {
        var isCalled = false;
        var origin = new Uri(_api.Urls.Single()).GetLeftPart(UriPartial.Authority);
        await using var provider = Build(handler =>
        {
            handler.AllowedOrigins = [origin];
            handler.OnChallenge = (_, _) =>
            {
                isCalled = true;
                return new((TokenRequest?)null);
            };
        });
        _requiredScope = "reports.archive";

        var error = await Assert.ThrowsAsync<RpcException>(() => provider.GetRequiredService<ReportsClient>().TotalAsync("March"));

        Assert.Equal((StatusCode.PermissionDenied, false), (error.StatusCode, isCalled));
        Assert.Equal([403], _statuses);
    }

    [Fact]
    public async Task A_retry_policy_for_Unauthenticated_repeats_the_call_with_a_new_token()
    {
        var policy = new RetryPolicy
        {
            MaxAttempts = 5,
            InitialBackoff = TimeSpan.FromMilliseconds(500),
            MaxBackoff = TimeSpan.FromSeconds(5),
            BackoffMultiplier = 2,
            RetryableStatusCodes = { StatusCode.Unauthenticated },
        };
        await using var provider = Build(channel: grpc => grpc.ChannelOptionsActions.Add(options => options.ServiceConfig = new()
        {
            MethodConfigs = { new MethodConfig { Names = { MethodName.Default }, RetryPolicy = policy } },
        }));
        var client = provider.GetRequiredService<ReportsClient>();
        await client.TotalAsync("March");
        _server.RevokeAll();

        Assert.Equal("April: 42", await client.TotalAsync("April"));
        Assert.Equal(2, _server.TokensIssued);
    }

    [Fact]
    public async Task The_exception_of_the_library_is_the_debug_exception_of_the_status_if_there_is_no_token()
    {
        _server.Enqueue(ScriptedResponse.OAuthError("invalid_client", status: 401));
        await using var provider = Build();

        var error = await Assert.ThrowsAsync<RpcException>(() => provider.GetRequiredService<ReportsClient>().TotalAsync("March"));

        Assert.Equal(StatusCode.Internal, error.StatusCode);
        Assert.Equal("invalid_client", Assert.IsType<JwtGrantException>(error.Status.DebugException).Error);
        Assert.Empty(_statuses);
    }

    private ServiceProvider Build(Action<AccessTokenHandlerOptions>? configure = null, Action<GrpcClientFactoryOptions>? channel = null)
    {
        var services = new ServiceCollection();
        // Other categories have events with the same ids.
        services.AddLogging(logging => logging.AddFilter((category, _) => category == "JwtGrantClient").AddProvider(_log));
        services.AddJwtGrantClient("reports", options =>
        {
            (options.Issuer, options.ClientId, options.AllowLoopbackHttp) = (_server.Issuer, TestData.ClientId, true);
            options.SigningKey.Text = TestData.RsaPrivatePem;
        }).UseTokenEndpointHandler(_ => _server.CreateHandler());
        var address = new Uri(_api.Urls.Single());
        services
            .AddGrpcClient<ReportsClient>(grpc =>
            {
                grpc.Address = address;
                channel?.Invoke(grpc);
            })
            .AddJwtGrantToken("reports", configure ?? (handler => handler.AllowedOrigins = [address.GetLeftPart(UriPartial.Authority)]));
        return services.BuildServiceProvider();
    }

    /// <summary>What the compiler of .proto files would create, for one method with texts as messages.</summary>
    private static class Protocol
    {
        private static readonly Marshaller<string> Text = Marshallers.Create(Encoding.UTF8.GetBytes, Encoding.UTF8.GetString);

        public static readonly Method<string, string> Total = new(MethodType.Unary, "shop.Reports", "Total", Text, Text);
    }

    private sealed class ReportsClient(CallInvoker invoker) : ClientBase(invoker)
    {
        public async Task<string> TotalAsync(string month) =>
            await CallInvoker.AsyncUnaryCall(Protocol.Total, null, new CallOptions(cancellationToken: Cancellation), month).ResponseAsync.WithTimeout();
    }

    private sealed class ReportsService
    {
        public sealed class Methods : IServiceMethodProvider<ReportsService>
        {
            public void OnServiceMethodDiscovery(ServiceMethodProviderContext<ReportsService> context) =>
                context.AddUnaryMethod(Protocol.Total, [], (_, month, _) => Task.FromResult($"{month}: 42"));
        }
    }
}
