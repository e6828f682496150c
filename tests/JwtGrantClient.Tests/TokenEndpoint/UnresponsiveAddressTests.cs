using System.Net;
using System.Net.Sockets;
using JwtGrantClient.Tests.TestSupport;
using JwtGrantClient.TokenEndpoint;

namespace JwtGrantClient.Tests.TokenEndpoint;

/// <summary>Token requests to servers of which not all addresses respond.</summary>
public sealed class UnresponsiveAddressTests
{
    private readonly ObservedTime _network = new();

    [Fact]
    public async Task A_token_is_obtained_although_the_first_address_does_not_respond()
    {
        await using var server = await ScriptedServer.StartAsync(Reply.Token);
        var network = new FakeNetwork(_network, "127.0.0.2", "127.0.0.1");

        var request = RequestFrom(server, network).RequestAsync();
        await network.NextAsync();
        await network.PassDelayAsync();
        await ConnectAsync(await network.NextAsync());

        Assert.Equal("abc", (await request).AccessToken.Value);
        Assert.Equal(1, server.Calls);
    }

    [Fact]
    public async Task A_single_use_grant_is_retried_after_the_timeout_of_a_connection()
    {
        await using var server = await ScriptedServer.StartAsync(Reply.Token);
        var network = new FakeNetwork(_network, "127.0.0.1");

        var request = RequestFrom(server, network).RequestAsync(Grant.AuthorizationCode("the-code"));
        await network.NextAsync();
        _network.Advance(FakeNetwork.Timeout);
        await ConnectAsync(await network.NextAsync());

        Assert.Equal("abc", (await request).AccessToken.Value);
    }

    [Theory]
    [InlineData(SocketError.ConnectionRefused, HttpRequestError.ConnectionError)]
    [InlineData(SocketError.TimedOut, HttpRequestError.ConnectionError)]
    [InlineData(SocketError.HostNotFound, HttpRequestError.NameResolutionError)]
    public async Task A_server_without_a_connection_is_unreachable(SocketError socketError, HttpRequestError expected)
    {
        var connect = new StaggeredConnect(_network, FakeNetwork.Timeout) { ResolveAsync = (_, _) => throw new SocketException((int)socketError) };
        var client = new Composition { Endpoint = TestData.TokenEndpoint, Handler = TokenEndpointConnections.CreateHandler(connect: connect) };

        var error = await client.FailAsync();

        Assert.Equal((JwtGrantErrorKind.Transport, "server_unreachable", true), (error.Kind, error.Code, error.IsTransient));
        Assert.Equal(expected, Assert.IsType<HttpRequestException>(error.InnerException).HttpRequestError);
    }

    [Fact]
    public async Task A_request_through_a_proxy_connects_to_the_addresses_of_the_proxy()
    {
        await using var proxy = await ScriptedServer.StartAsync(Reply.Token);
        var network = new FakeNetwork(_network, "127.0.0.2", "127.0.0.1");
        var handler = TokenEndpointConnections.CreateHandler(connect: network.CreateConnect());
        handler.Proxy = new WebProxy($"http://proxy.example.com:{new Uri(proxy.Address).Port}");

        var request = new Composition { Endpoint = "http://as.example.com/token", Handler = handler }.RequestAsync();
        await network.NextAsync();
        await network.PassDelayAsync();
        await ConnectAsync(await network.NextAsync());

        Assert.Equal("abc", (await request).AccessToken.Value);
        Assert.Equal(["proxy.example.com"], network.Names);
    }

    private static Composition RequestFrom(ScriptedServer server, FakeNetwork network) => new()
    {
        Endpoint = $"http://as.example.com:{new Uri(server.Address).Port}/token",
        Handler = TokenEndpointConnections.CreateHandler(connect: network.CreateConnect(), useProxy: false),
    };

    private static async Task ConnectAsync(FakeNetwork.Attempt attempt)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(attempt.Server, TestContext.Current.CancellationToken);
        attempt.Outcome.SetResult(new NetworkStream(socket, ownsSocket: true));
    }
}
