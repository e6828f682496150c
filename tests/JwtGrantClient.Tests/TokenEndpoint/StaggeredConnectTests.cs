using System.Net;
using System.Net.Sockets;
using JwtGrantClient.Tests.TestSupport;
using JwtGrantClient.TokenEndpoint;

namespace JwtGrantClient.Tests.TokenEndpoint;

/// <summary>Connections to a server with several addresses (RFC 8305).</summary>
public sealed class StaggeredConnectTests : IDisposable
{
    private static readonly DnsEndPoint Server = new("as.example.com", 443);

    private readonly ObservedTime _time = new();
    private readonly FakeNetwork.Connection _connection = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _connection.Dispose();

    [Fact]
    public async Task An_address_that_does_not_respond_is_followed_by_the_next_one_after_250_ms_and_is_canceled_at_the_end()
    {
        var network = new FakeNetwork(_time, "192.0.2.1", "192.0.2.2");

        var connecting = network.CreateConnect().ConnectAsync(Server, Cancellation).AsTask();
        var dead = await network.NextAsync();
        Assert.False(network.HasMore);
        await network.PassDelayAsync();
        var healthy = await network.NextAsync();
        Assert.False(dead.Outcome.Task.IsCompleted);
        healthy.Outcome.SetResult(_connection);

        Assert.Same(_connection, await connecting.WithTimeout());
        Assert.Equal(["192.0.2.1", "192.0.2.2"], [dead.Address, healthy.Address]);
        Assert.Equal(443, healthy.Server.Port);
        await Assert.ThrowsAsync<TaskCanceledException>(() => dead.Outcome.Task.WithTimeout());
        Assert.False(_connection.Disposed.IsCompleted);
    }

    [Fact]
    public async Task The_first_address_can_still_be_the_first_that_accepts()
    {
        var network = new FakeNetwork(_time, "192.0.2.1", "192.0.2.2");

        var connecting = network.CreateConnect().ConnectAsync(Server, Cancellation).AsTask();
        var first = await network.NextAsync();
        await network.PassDelayAsync();
        var second = await network.NextAsync();
        first.Outcome.SetResult(_connection);

        Assert.Same(_connection, await connecting.WithTimeout());
        await Assert.ThrowsAsync<TaskCanceledException>(() => second.Outcome.Task.WithTimeout());
    }

    [Fact]
    public async Task An_address_that_refuses_the_connection_is_followed_by_the_next_one_at_once()
    {
        var network = new FakeNetwork(_time, "192.0.2.1", "192.0.2.2");

        var connecting = network.CreateConnect().ConnectAsync(Server, Cancellation).AsTask();
        (await network.NextAsync()).Outcome.SetException(new SocketException((int)SocketError.ConnectionRefused));
        (await network.NextAsync()).Outcome.SetResult(_connection);

        Assert.Same(_connection, await connecting.WithTimeout());
    }

    [Theory]
    [InlineData("2001:db8::1,2001:db8::2,2001:db8::3,192.0.2.1", "2001:db8::1,192.0.2.1,2001:db8::2,2001:db8::3")]
    [InlineData("192.0.2.1,192.0.2.2,2001:db8::1,192.0.2.1", "192.0.2.1,2001:db8::1,192.0.2.2")]
    public async Task Attempts_alternate_between_IPv6_and_IPv4(string addresses, string order)
    {
        var network = new FakeNetwork(_time, addresses.Split(','));

        var connecting = network.CreateConnect().ConnectAsync(Server, Cancellation).AsTask();
        foreach (var expected in order.Split(','))
        {
            var attempt = await network.NextAsync();
            Assert.Equal(expected, attempt.Address);
            attempt.Outcome.SetException(new SocketException((int)SocketError.NetworkUnreachable));
        }

        await Assert.ThrowsAsync<SocketException>(() => connecting.WithTimeout());
    }

    [Fact]
    public async Task A_second_connection_that_is_made_at_the_same_time_is_closed()
    {
        var network = new FakeNetwork(_time, "192.0.2.1", "192.0.2.2");
        using var late = new FakeNetwork.Connection();

        var connecting = network.CreateConnect().ConnectAsync(Server, Cancellation).AsTask();
        var slow = await network.NextAsync();
        slow.IgnoresCancellation = true;
        await network.PassDelayAsync();
        (await network.NextAsync()).Outcome.SetResult(_connection);
        await connecting.WithTimeout();
        slow.Outcome.SetResult(late);

        await late.Disposed.WithTimeout();
        Assert.False(_connection.Disposed.IsCompleted);
    }

    [Fact]
    public async Task The_error_without_a_connection_names_all_addresses()
    {
        var network = new FakeNetwork(_time, "192.0.2.1", "2001:db8::1");

        var connecting = network.CreateConnect().ConnectAsync(Server, Cancellation).AsTask();
        (await network.NextAsync()).Outcome.SetException(new SocketException((int)SocketError.ConnectionRefused, "refused"));
        (await network.NextAsync()).Outcome.SetException(new SocketException((int)SocketError.NetworkUnreachable, "no network"));

        var error = await Assert.ThrowsAsync<SocketException>(() => connecting.WithTimeout());
        Assert.Equal(SocketError.ConnectionRefused, error.SocketErrorCode);
        Assert.Equal("None of the 2 addresses accepted a connection: 192.0.2.1 (refused), 2001:db8::1 (no network).", error.Message);
    }

    [Fact]
    public async Task A_connection_that_is_not_made_in_time_ends_with_a_timeout()
    {
        var network = new FakeNetwork(_time, "192.0.2.1", "192.0.2.2");

        var connecting = network.CreateConnect().ConnectAsync(Server, Cancellation).AsTask();
        var first = await network.NextAsync();
        await network.PassDelayAsync();
        var second = await network.NextAsync();
        _time.Advance(FakeNetwork.Timeout);

        var error = await Assert.ThrowsAsync<SocketException>(() => connecting.WithTimeout());
        Assert.Equal(SocketError.TimedOut, error.SocketErrorCode);
        Assert.Equal("No connection was made within 5 s (Retry:ConnectTimeout).", error.Message);
        Assert.True(first.Outcome.Task.IsCanceled && second.Outcome.Task.IsCanceled);
    }

    [Fact]
    public async Task A_name_resolution_that_hangs_ends_with_a_timeout()
    {
        var connect = new StaggeredConnect(_time, FakeNetwork.Timeout) { ResolveAsync = (_, _) => new TaskCompletionSource<IPAddress[]>().Task };

        var connecting = connect.ConnectAsync(Server, Cancellation).AsTask();
        _time.Advance(FakeNetwork.Timeout);

        Assert.Equal(SocketError.TimedOut, (await Assert.ThrowsAsync<SocketException>(() => connecting.WithTimeout())).SocketErrorCode);
    }

    [Fact]
    public async Task A_name_without_addresses_is_an_unknown_host()
    {
        var connecting = new FakeNetwork(_time).CreateConnect().ConnectAsync(Server, Cancellation).AsTask();

        Assert.Equal(SocketError.HostNotFound, (await Assert.ThrowsAsync<SocketException>(() => connecting.WithTimeout())).SocketErrorCode);
    }

    [Fact]
    public async Task A_caller_that_cancels_ends_all_attempts()
    {
        var network = new FakeNetwork(_time, "192.0.2.1", "192.0.2.2");
        using var caller = new CancellationTokenSource();

        var connecting = network.CreateConnect().ConnectAsync(Server, caller.Token).AsTask();
        var attempt = await network.NextAsync();
        await caller.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => connecting.WithTimeout());
        Assert.True(attempt.Outcome.Task.IsCanceled);
        Assert.False(network.HasMore);
    }

    [Theory]
    [InlineData("192.0.2.7")]
    [InlineData("2001:db8::7")]
    public async Task An_address_is_not_resolved(string address)
    {
        var network = new FakeNetwork(_time);

        var connecting = network.CreateConnect().ConnectAsync(new DnsEndPoint(address, 443), Cancellation).AsTask();
        var attempt = await network.NextAsync();
        attempt.Outcome.SetResult(_connection);

        await connecting.WithTimeout();
        Assert.Equal(address, attempt.Address);
        Assert.Empty(network.Names);
    }

    [Fact]
    public async Task A_real_server_is_reached_at_the_second_of_its_addresses()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var connect = new StaggeredConnect(_time, FakeNetwork.Timeout) { ResolveAsync = (_, _) => Task.FromResult<IPAddress[]>([IPAddress.Parse("127.0.0.2"), IPAddress.Loopback]) };

        var stream = await connect.ConnectAsync(new("as.example.com", ((IPEndPoint)listener.LocalEndpoint).Port), Cancellation).AsTask().WithTimeout();

        await using var connection = Assert.IsType<NetworkStream>(stream);
        Assert.Equal(listener.LocalEndpoint, connection.Socket.RemoteEndPoint);
        Assert.True(connection.Socket.NoDelay);
    }
}
