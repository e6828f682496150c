using System.Net;
using System.Net.Sockets;

namespace JwtGrantClient.TokenEndpoint;

/// <summary>
/// Connects to the first address of a server, or of a proxy, that accepts (RFC 8305): attempts begin one after another without waiting for the end of
/// those before, so that one address that does not respond delays a token by a fraction of a second.
/// </summary>
/// <param name="time">Measures the timeout and the delay between attempts.</param>
/// <param name="timeout">The time for the name resolution and all attempts together.</param>
internal sealed class StaggeredConnect(TimeProvider time, TimeSpan timeout)
{
    // RFC 8305 section 8: the recommended Connection Attempt Delay.
    public static readonly TimeSpan AttemptDelay = TimeSpan.FromMilliseconds(250);

    /// <summary>Gets the name resolution. Its order is that of RFC 6724.</summary>
    public Func<string, CancellationToken, Task<IPAddress[]>> ResolveAsync { get; init; } = Dns.GetHostAddressesAsync;

    /// <summary>Gets the function that connects to one address. It throws <see cref="SocketException"/> if that is not possible.</summary>
    public Func<IPEndPoint, CancellationToken, Task<Stream>> OpenAsync { get; init; } = OpenSocketAsync;

    /// <summary>Connects to a server.</summary>
    /// <exception cref="SocketException">The name has no address, or no address accepted a connection in time.</exception>
    public async ValueTask<Stream> ConnectAsync(DnsEndPoint server, CancellationToken cancellationToken)
    {
        using var deadline = new CancellationTokenSource(timeout, time);
        using var connecting = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, deadline.Token);
        try
        {
            // On some systems a resolution that has begun does not react to its cancellation.
            var addresses = IPAddress.TryParse(server.Host, out var literal)
                ? [literal]
                : await ResolveAsync(server.Host, connecting.Token).WaitAsync(connecting.Token).ConfigureAwait(false);
            return await ConnectToFirstAsync(Interleave(addresses), server.Port, connecting.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (deadline.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            throw new SocketException(
                (int)SocketError.TimedOut, $"No connection was made within {timeout.TotalSeconds:0.###} s (Retry:ConnectTimeout).");
        }
    }

    private async Task<Stream> ConnectToFirstAsync(List<IPAddress> addresses, int port, CancellationToken cancellationToken)
    {
        using var others = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var canceledByFirst = others.Token;
        var (running, failures, next) = (new List<Task<Stream?>>(), new List<(IPAddress Address, SocketException Error)>(), 0);
        try
        {
            while (true)
            {
                cancellationToken.ThrowIfCancellationRequested();
                // An address is tried when the delay has passed, or at once after a failure (RFC 8305 section 5).
                if (next < addresses.Count)
                    running.Add(AttemptAsync(addresses[next++]));
                else if (running.Count == 0)
                    throw NoConnection(failures);
                List<Task> waitedFor = [.. running];
                if (next < addresses.Count)
                    waitedFor.Add(Task.Delay(AttemptDelay, time, canceledByFirst));
                if (await Task.WhenAny(waitedFor).ConfigureAwait(false) is not Task<Stream?> attempt)
                    continue;
                running.Remove(attempt);
                if (await attempt.ConfigureAwait(false) is { } connection)
                    return connection;
            }
        }
        finally
        {
            await others.CancelAsync().ConfigureAwait(false);
            running.ForEach(static attempt => _ = DisposeAsync(attempt));
        }

        // Returns null after a failure.
        async Task<Stream?> AttemptAsync(IPAddress address)
        {
            try
            {
                return await OpenAsync(new(address, port), canceledByFirst).ConfigureAwait(false);
            }
            catch (SocketException e)
            {
                lock (failures)
                    failures.Add((address, e));
                return null;
            }
        }
    }

    // The other attempts are canceled. One of them may have connected at the same time.
    private static async Task DisposeAsync(Task<Stream?> attempt)
    {
        await ((Task)attempt).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (attempt.IsCompletedSuccessfully && await attempt.ConfigureAwait(false) is { } connection)
            await connection.DisposeAsync().ConfigureAwait(false);
    }

    // RFC 8305 section 4: alternately of both families, beginning with that of the first address.
    private static List<IPAddress> Interleave(IPAddress[] addresses)
    {
        if (addresses.Length == 0)
            throw new SocketException((int)SocketError.HostNotFound);
        List<IPAddress> preferred = [], others = [], interleaved = [];
        foreach (var address in addresses)
        {
            var family = address.AddressFamily == addresses[0].AddressFamily ? preferred : others;
            if (!family.Contains(address))
                family.Add(address);
        }
        for (var i = 0; i < Math.Max(preferred.Count, others.Count); i++)
        {
            if (i < preferred.Count)
                interleaved.Add(preferred[i]);
            if (i < others.Count)
                interleaved.Add(others[i]);
        }
        return interleaved;
    }

    private static SocketException NoConnection(List<(IPAddress Address, SocketException Error)> failures) => failures is [var (_, only)]
        ? only
        : new(
            (int)failures[0].Error.SocketErrorCode,
            $"None of the {failures.Count} addresses accepted a connection: {string.Join(", ", failures.ConvertAll(failure => $"{failure.Address} ({failure.Error.Message})"))}.");

    private static async Task<Stream> OpenSocketAsync(IPEndPoint server, CancellationToken cancellationToken)
    {
        Socket? socket = new(server.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(server, cancellationToken).ConfigureAwait(false);
            var connection = new NetworkStream(socket, ownsSocket: true);
            socket = null;
            return connection;
        }
        finally
        {
            socket?.Dispose();
        }
    }
}
