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

/// <summary>The server on 127.0.0.1: what the socket adds to the judging, which is the same as in memory.</summary>
public sealed class SocketTests
{
    [Fact]
    public async Task It_listens_on_loopback_and_is_its_own_issuer()
    {
        await using var there = await ReachableServer.ByAsync(ServerTransport.Socket);

        Assert.Matches(@"^http://127\.0\.0\.1:\d+$", there.Server.Issuer);
        Assert.Equal(there.Server.Issuer + "/token", there.Server.TokenEndpoint);
        using var token = await there.PostAsync();
        using var metadata = await there.GetAsync(there.Server.Issuer + "/.well-known/oauth-authorization-server");
        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.OK), (token.StatusCode, metadata.StatusCode));
        Assert.Equal(TestData.Moment, token.Headers.Date);
    }

    [Fact]
    public async Task An_issuer_elsewhere_is_a_name_and_the_endpoints_stay_in_reach()
    {
        await using var there = await ReachableServer.ByAsync(ServerTransport.Socket, "https://as.example.com/tenant");

        Assert.Equal("https://as.example.com/tenant", there.Server.Issuer);
        Assert.Matches(@"^http://127\.0\.0\.1:\d+/tenant/token$", there.Server.TokenEndpoint);
        using var token = await there.PostAsync();
        Assert.Equal(HttpStatusCode.OK, token.StatusCode);
    }

    [Fact]
    public async Task A_path_is_compared_with_its_escapes()
    {
        await using var there = await ReachableServer.ByAsync(ServerTransport.Socket, "https://as.example.com/a%20b");

        using var token = await there.PostAsync();

        Assert.Equal((HttpStatusCode.OK, "/a%20b/token"), (token.StatusCode, there.Server.Requests[^1].Path));
    }

    [Theory]
    [InlineData("/token?a=b", 200), InlineData("/TOKEN", 404), InlineData("/token/", 404), InlineData("//token", 404)]
    [InlineData("/%74oken", 404)]
    [InlineData("/x/../token", 404), InlineData("/token%2F", 404), InlineData("/token;a", 404)]
    public async Task A_path_is_the_token_endpoint_or_is_not(string path, int status)
    {
        await using var there = await ReachableServer.ByAsync(ServerTransport.Socket);
        var body = string.Join('&', there.Form().Select(field => $"{field.Item1}={field.Item2}"));

        var answer = await RawAsync(there, path, "Content-Type: application/x-www-form-urlencoded", body);

        Assert.StartsWith($"HTTP/1.1 {status} ", answer, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Two_content_types_are_refused()
    {
        await using var there = await ReachableServer.ByAsync(ServerTransport.Socket);

        var answer = await RawAsync(there, "/token", "Content-Type: application/x-www-form-urlencoded\r\nContent-Type: text/plain", "");

        Assert.StartsWith("HTTP/1.1 400 ", answer, StringComparison.Ordinal);
        Assert.Contains("invalid_request", answer, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_body_without_end_is_answered_once_it_is_too_large()
    {
        await using var there = await ReachableServer.ByAsync(ServerTransport.Socket);
        using var request = new HttpRequestMessage(HttpMethod.Post, there.Server.TokenEndpoint)
        {
            Content = new ByteArrayContent(new byte[3 << 20]) { Headers = { ContentType = new MediaTypeHeaderValue("application/x-www-form-urlencoded") } },
        };
        request.Headers.TransferEncodingChunked = true;

        using var response = await there.SendAsync(request);

        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, response.StatusCode);
        Assert.Equal("S01", there.Server.Requests[^1].Refusal?.Rule);
    }

    [Fact]
    public async Task A_port_that_is_taken_is_told()
    {
        await using var there = await ReachableServer.ByAsync(ServerTransport.Socket);
        var port = new Uri(there.Server.Issuer).Port;

        var error = await Assert.ThrowsAsync<IOException>(() =>
            StrictAuthorizationServer.StartAsync(new() { Port = port }, TestContext.Current.CancellationToken));

        Assert.Contains($"{port}", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_disposed_server_no_longer_listens()
    {
        var there = await ReachableServer.ByAsync(ServerTransport.Socket);
        await there.DisposeAsync();
        using var http = new HttpClient();

        await Assert.ThrowsAsync<HttpRequestException>(() => http.GetAsync(there.Server.JwksUri, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task The_guest_leaves_the_signals_of_its_process_alone()
    {
        await using var app = await KestrelListener.StartAsync(0, null, (_, _) =>
            throw new InvalidOperationException("Not asked."), TestContext.Current.CancellationToken);

        // The usual lifetime of a host cancels Ctrl+C, for it stops the host itself.
        Assert.IsNotType<ConsoleLifetime>(app.Services.GetRequiredService<IHostLifetime>());
    }

    private static async Task<string> RawAsync(ReachableServer there, string path, string headers, string body)
    {
        var request = $"POST {path} HTTP/1.1\r\nHost: a\r\n{headers}\r\nContent-Length: {body.Length}\r\nConnection: close\r\n\r\n{body}";
        using var tcp = new TcpClient();
        await tcp.ConnectAsync(IPAddress.Loopback, new Uri(there.Server.TokenEndpoint).Port, TestContext.Current.CancellationToken);
        await tcp.GetStream().WriteAsync(Encoding.ASCII.GetBytes(request), TestContext.Current.CancellationToken);
        using var reader = new StreamReader(tcp.GetStream(), Encoding.ASCII);
        return await reader.ReadToEndAsync(TestContext.Current.CancellationToken);
    }
}
