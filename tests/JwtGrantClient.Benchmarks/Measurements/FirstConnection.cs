using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using JwtGrantClient.Benchmarks.Endpoint;
using JwtGrantClient.TokenEndpoint;

namespace JwtGrantClient.Benchmarks.Measurements;

/// <summary>
/// Measures the first token of a new client, with its connection: by the built-in handler, in turn with a handler that connects as .NET does by default,
/// and with a server whose first address does not respond. That address has a listener whose queue is full, so that it drops further connections.
/// </summary>
internal sealed class FirstConnection : IMeasurement
{
    private const string Group = "First token with its connection";

    public async Task<IReadOnlyList<Row>> RunAsync(Scale scale)
    {
        var rounds = scale switch { Scale.Full => 500, Scale.Quick => 100, _ => 1 };
        await using var server = await TokenServerProcess.StartAsync();
        var port = new Uri(server.Address).Port;
        var (byDefault, healthy, oneDead) = (new List<double>(), new List<double>(), new List<double>());
        for (var round = 0; round < rounds; round++)
        {
            byDefault.Add(await TimeAsync(port, connect: null));
            healthy.Add(await TimeAsync(port, Connect(IPAddress.Loopback)));
        }
        if (OperatingSystem.IsLinux())
        {
            using var dead = new FullQueue(new(IPAddress.Parse("127.0.0.2"), port));
            for (var round = 0; round < rounds; round++)
                oneDead.Add(await TimeAsync(port, Connect(dead.Address, IPAddress.Loopback)));
        }
        return
        [
            .. Rows("connections of .NET", byDefault),
            .. Rows("JwtGrantClient", healthy),
            .. Rows("JwtGrantClient, the first of two addresses does not respond", oneDead),
        ];
    }

    private static IEnumerable<Row> Rows(string name, List<double> times) => times.Count == 0 ? [] :
    [
        new(Group, name, Statistics.Median(times), "ms", Note: string.Create(
            System.Globalization.CultureInfo.InvariantCulture, $"p99 {times.Order().ElementAt(times.Count * 99 / 100):0.00} ms, max {times.Max():0.00} ms")),
    ];

    private static StaggeredConnect Connect(params IPAddress[] addresses) =>
        new(TimeProvider.System, new RetryOptions().ConnectTimeout) { ResolveAsync = (_, _) => Task.FromResult(addresses) };

    private static async Task<double> TimeAsync(int port, StaggeredConnect? connect)
    {
        var handler = TokenEndpointConnections.CreateHandler(useProxy: false, connect: connect);
        if (connect is null)
            handler.ConnectCallback = null;
        var options = TestData.Options(TestData.EcPem, $"http://localhost:{port}/token");
        await using var tokens = JwtGrantTokenSource.Create(options, new FakeSigner(), handler);
        var started = Stopwatch.GetTimestamp();
        await tokens.GetTokenAsync(TokenRequest.Default);
        return Stopwatch.GetElapsedTime(started).TotalMilliseconds;
    }

    /// <summary>A listener that accepts no connection and whose queue is full. Linux drops further connections to it.</summary>
    private sealed class FullQueue : IDisposable
    {
        private readonly List<Socket> _sockets = [];

        public FullQueue(IPEndPoint address)
        {
            Address = address.Address;
            var listener = new Socket(SocketType.Stream, ProtocolType.Tcp);
            _sockets.Add(listener);
            listener.Bind(address);
            listener.Listen(0);
            for (var i = 0; i < 4; i++)
            {
                var waiting = new Socket(SocketType.Stream, ProtocolType.Tcp) { Blocking = false };
                _sockets.Add(waiting);
                try
                {
                    waiting.Connect(address);
                }
                catch (SocketException e) when (e.SocketErrorCode is SocketError.WouldBlock or SocketError.InProgress)
                {
                    // The connection is made or waits.
                }
            }
        }

        public IPAddress Address { get; }

        public void Dispose() => _sockets.ForEach(socket => socket.Dispose());
    }
}
