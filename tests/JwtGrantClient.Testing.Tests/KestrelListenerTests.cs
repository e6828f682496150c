using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text;
using JwtGrantClient.Testing.Hosting;
using JwtGrantClient.Testing.Tests.TestSupport;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Hosting.Internal;

namespace JwtGrantClient.Testing.Tests;

/// <summary>The server on 127.0.0.1: the behavior that differs from the server in memory.</summary>
public sealed class KestrelListenerTests
{
    [Fact]
    public async Task The_server_listens_on_loopback_and_its_address_is_the_issuer()
    {
        await using var server = await ReachableServer.StartAsync(ServerTransport.Socket);

        Assert.Matches(@"^http://127\.0\.0\.1:\d+$", server.Server.Issuer);
        Assert.Equal(server.Server.Issuer + "/token", server.Server.TokenEndpoint);
        using var token = await server.PostAsync();
        using var metadata = await server.GetAsync(server.Server.Issuer + "/.well-known/oauth-authorization-server");
        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.OK), (token.StatusCode, metadata.StatusCode));
        Assert.Equal(TestData.StartTime, token.Headers.Date);
    }

    [Fact]
    public async Task The_endpoints_stay_on_loopback_when_the_issuer_is_another_host()
    {
        await using var server = await ReachableServer.StartAsync(ServerTransport.Socket, "https://as.example.com/tenant");

        Assert.Equal("https://as.example.com/tenant", server.Server.Issuer);
        Assert.Matches(@"^http://127\.0\.0\.1:\d+/tenant/token$", server.Server.TokenEndpoint);
        using var token = await server.PostAsync();
        Assert.Equal(HttpStatusCode.OK, token.StatusCode);
    }

    [Fact]
    public async Task A_request_path_is_compared_without_decoding_percent_escapes()
    {
        await using var server = await ReachableServer.StartAsync(ServerTransport.Socket, "https://as.example.com/a%20b");

        using var token = await server.PostAsync();

        Assert.Equal((HttpStatusCode.OK, "/a%20b/token"), (token.StatusCode, server.Server.Requests[^1].Path));
    }

    [Theory]
    [InlineData("/token?a=b", 200), InlineData("/TOKEN", 404), InlineData("/token/", 404), InlineData("//token", 404)]
    [InlineData("/%74oken", 404)]
    [InlineData("/x/../token", 404), InlineData("/token%2F", 404), InlineData("/token;a", 404)]
    public async Task Only_the_exact_path_of_the_token_endpoint_is_served(string path, int status)
    {
        await using var server = await ReachableServer.StartAsync(ServerTransport.Socket);
        var body = string.Join('&', server.CreateForm().Select(field => $"{field.Item1}={field.Item2}"));

        var response = await SendRawAsync(server, path, "Content-Type: application/x-www-form-urlencoded", body);

        Assert.StartsWith($"HTTP/1.1 {status} ", response, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_request_with_two_content_types_is_refused()
    {
        await using var server = await ReachableServer.StartAsync(ServerTransport.Socket);

        var response = await SendRawAsync(server, "/token", "Content-Type: application/x-www-form-urlencoded\r\nContent-Type: text/plain", "");

        Assert.StartsWith("HTTP/1.1 400 ", response, StringComparison.Ordinal);
        Assert.Contains("invalid_request", response, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_chunked_body_is_refused_once_it_is_too_large()
    {
        await using var server = await ReachableServer.StartAsync(ServerTransport.Socket);
        using var request = new HttpRequestMessage(HttpMethod.Post, server.Server.TokenEndpoint)
        {
            Content = new ByteArrayContent(new byte[3 << 20]) { Headers = { ContentType = new MediaTypeHeaderValue("application/x-www-form-urlencoded") } },
        };
        request.Headers.TransferEncodingChunked = true;

        using var response = await server.SendAsync(request);

        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, response.StatusCode);
        Assert.Equal("S01", server.Server.Requests[^1].Refusal?.Rule);
    }

    [Fact]
    public async Task A_port_in_use_throws_an_IOException_with_the_port()
    {
        await using var server = await ReachableServer.StartAsync(ServerTransport.Socket);
        var port = new Uri(server.Server.Issuer).Port;

        var error = await Assert.ThrowsAsync<IOException>(() =>
            StrictAuthorizationServer.StartAsync(new() { Port = port }, TestContext.Current.CancellationToken));

        Assert.Contains($"{port}", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_disposed_server_no_longer_listens()
    {
        var server = await ReachableServer.StartAsync(ServerTransport.Socket);
        await server.DisposeAsync();
        using var http = new HttpClient();

        await Assert.ThrowsAsync<HttpRequestException>(() => http.GetAsync(server.Server.JwksUri, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task The_listener_does_not_handle_the_signals_of_its_process()
    {
        await using var app = await KestrelListener.StartAsync(0, null, (_, _) =>
            throw new InvalidOperationException("Not requested."), TestContext.Current.CancellationToken);

        // ConsoleLifetime handles Ctrl+C, which belongs to the process that hosts the server.
        Assert.IsNotType<ConsoleLifetime>(app.Services.GetRequiredService<IHostLifetime>());
    }

    private static async Task<string> SendRawAsync(ReachableServer server, string path, string headers, string body)
    {
        var request = $"POST {path} HTTP/1.1\r\nHost: a\r\n{headers}\r\nContent-Length: {body.Length}\r\nConnection: close\r\n\r\n{body}";
        using var tcp = new TcpClient();
        await tcp.ConnectAsync(IPAddress.Loopback, new Uri(server.Server.TokenEndpoint).Port, TestContext.Current.CancellationToken);
        await tcp.GetStream().WriteAsync(Encoding.ASCII.GetBytes(request), TestContext.Current.CancellationToken);
        using var reader = new StreamReader(tcp.GetStream(), Encoding.ASCII);
        return await reader.ReadToEndAsync(TestContext.Current.CancellationToken);
    }
}
