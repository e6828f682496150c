using System.Collections.Concurrent;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace JwtGrantClient.Tests.TestSupport;

/// <summary>A proxy on 127.0.0.1 that passes the connections of CONNECT requests, for any host, to one server on this machine.</summary>
internal sealed class ConnectProxy : IAsyncDisposable
{
    private readonly ConcurrentQueue<string> _requests = new();
    private readonly RawTcpServer _server;
    private readonly int _port;

    /// <param name="server">The server that gets all connections.</param>
    /// <param name="certificate">The certificate of a proxy with TLS; null for one without.</param>
    /// <param name="issuers">The certificates that the proxy sends after its own.</param>
    public ConnectProxy(Uri server, X509Certificate2? certificate = null, X509Certificate2Collection? issuers = null)
    {
        _port = server.Port;
        _server = new(async (_, socket) =>
        {
            await using var client = new NetworkStream(socket);
            try
            {
                await (certificate is null ? PassAsync(client) : PassOverTlsAsync(client, SslStreamCertificateContext.Create(certificate, issuers, offline: true)));
            }
            catch (Exception e) when (e is IOException or AuthenticationException)
            {
                // One of the two ended the connection.
            }
        });
        Address = new($"{(certificate is null ? "http" : "https")}://127.0.0.1:{_server.Port}");
    }

    public Uri Address { get; }

    /// <summary>The first line of each request.</summary>
    public IReadOnlyList<string> Requests => [.. _requests];

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    private async Task PassOverTlsAsync(Stream client, SslStreamCertificateContext certificate)
    {
        await using var encrypted = new SslStream(client);
        await encrypted.AuthenticateAsServerAsync(new SslServerAuthenticationOptions { ServerCertificateContext = certificate });
        await PassAsync(encrypted);
    }

    private async Task PassAsync(Stream client)
    {
        var (head, octet) = (new StringBuilder(), new byte[1]);
        while (!head.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal) && await client.ReadAsync(octet) > 0)
            head.Append((char)octet[0]);
        // With TLS 1.3 the client may refuse the certificate after the handshake has ended here.
        if (head.Length == 0)
            return;
        _requests.Enqueue(head.ToString().Split('\r')[0]);
        using var server = new TcpClient();
        await server.ConnectAsync(IPAddress.Loopback, _port);
        await client.WriteAsync("HTTP/1.1 200 Connection established\r\n\r\n"u8.ToArray());
        var tunnel = server.GetStream();
        await Task.WhenAny(client.CopyToAsync(tunnel), tunnel.CopyToAsync(client));
    }
}
