using System.Net;
using System.Net.Sockets;

namespace JwtGrantClient.Tests.TestSupport;

/// <summary>A TCP server on 127.0.0.1 that handles each connection by a delegate, for responses that no HTTP server would send.</summary>
internal sealed class RawTcpServer : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _disposing = new();
    private readonly Task _accepting;
    private int _connections;

    /// <param name="handler">Handles the connection with the given number, from 1. The connection is closed afterwards.</param>
    public RawTcpServer(Func<int, Socket, Task> handler)
    {
        _listener.Start();
        _accepting = AcceptAsync(handler);
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    public int Connections => Volatile.Read(ref _connections);

    /// <summary>Reads a request to the end of its headers and its body of the declared length.</summary>
    public static async Task ReadRequestAsync(Socket socket)
    {
        var buffer = new byte[16 * 1024];
        var text = "";
        while (!IsComplete(text))
        {
            var read = await socket.ReceiveAsync(buffer);
            if (read == 0)
                return;
            text += System.Text.Encoding.Latin1.GetString(buffer, 0, read);
        }
    }

    /// <summary>Closes a connection by a reset.</summary>
    public static void Reset(Socket socket)
    {
        socket.LingerState = new LingerOption(enable: true, seconds: 0);
        socket.Close();
    }

    public async ValueTask DisposeAsync()
    {
        await _disposing.CancelAsync();
        await _accepting;
        _listener.Dispose();
        _disposing.Dispose();
    }

    private static bool IsComplete(string text)
    {
        var end = text.IndexOf("\r\n\r\n", StringComparison.Ordinal);
        if (end < 0)
            return false;
        var header = text[..end].Split("\r\n").FirstOrDefault(line => line.StartsWith("Content-Length:", StringComparison.OrdinalIgnoreCase));
        var length = header is null ? 0 : int.Parse(header.Split(':')[1], System.Globalization.CultureInfo.InvariantCulture);
        return text.Length >= end + 4 + length;
    }

    private async Task AcceptAsync(Func<int, Socket, Task> handler)
    {
        List<Task> connections = [];
        try
        {
            while (true)
            {
                var socket = await _listener.AcceptSocketAsync(_disposing.Token);
                connections.Add(HandleAsync(handler, Interlocked.Increment(ref _connections), socket));
            }
        }
        catch (OperationCanceledException)
        {
            // Here and not by the thread that disposes: a listener that is stopped between two accepts throws InvalidOperationException at the next one.
            _listener.Stop();
            await Task.WhenAll(connections);
        }
    }

    private static async Task HandleAsync(Func<int, Socket, Task> handler, int number, Socket socket)
    {
        using (socket)
        {
            try
            {
                await handler(number, socket);
                socket.Shutdown(SocketShutdown.Both);
            }
            catch (Exception e) when (e is SocketException or ObjectDisposedException)
            {
                // The client or the handler closed the connection.
            }
        }
    }
}
