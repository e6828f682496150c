using System.Net.Sockets;
using System.Text;
using JwtGrantClient.Tests.TestSupport;

namespace JwtGrantClient.Tests.TokenEndpoint;

/// <summary>Connections that end in the TLS handshake or in the response: the next attempt may succeed.</summary>
public sealed class InterruptedConnectionTests
{
    private const string Token = """{"access_token":"abc","token_type":"Bearer","expires_in":60}""";

    [Theory, InlineData("reset"), InlineData("end of stream")]
    public async Task An_interrupted_TLS_handshake_is_retried_and_not_reported_as_an_untrusted_certificate(string end)
    {
        await using var server = new RawTcpServer(async (_, socket) =>
        {
            // The ClientHello.
            _ = await socket.ReceiveAsync(new byte[4096]);
            if (end == "reset")
                RawTcpServer.Reset(socket);
        });

        var error = await new Composition { Endpoint = $"https://127.0.0.1:{server.Port}/token" }.FailAsync();

        Assert.Equal((JwtGrantErrorKind.Transport, "server_unreachable", true), (error.Kind, error.Code, error.IsTransient));
        Assert.Contains("The TLS handshake was interrupted.", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("trust", error.Message, StringComparison.OrdinalIgnoreCase);
        Assert.Equal(4, server.Connections);
    }

    [Fact]
    public async Task A_server_that_does_not_speak_TLS_is_reported_as_a_TLS_failure_and_not_retried()
    {
        await using var server = new RawTcpServer(async (_, socket) =>
        {
            _ = await socket.ReceiveAsync(new byte[4096]);
            await socket.SendAsync("HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n"u8.ToArray());
        });

        var error = await new Composition { Endpoint = $"https://127.0.0.1:{server.Port}/token" }.FailAsync();

        Assert.False(error.IsTransient);
        Assert.Equal(1, server.Connections);
    }

    [Fact]
    public async Task A_body_without_a_length_that_is_cut_is_retried()
    {
        await using var server = new RawTcpServer(async (number, socket) =>
        {
            await RawTcpServer.ReadRequestAsync(socket);
            await SendAsync(socket, number == 1 ? Token[..20] : Token);
        });

        Assert.Equal("abc", (await new Composition { Endpoint = $"http://127.0.0.1:{server.Port}/token" }.RequestAsync()).AccessToken.Value);
        Assert.Equal(2, server.Connections);
    }

    [Fact]
    public async Task A_body_with_a_length_that_is_not_complete_JSON_is_not_retried()
    {
        await using var server = new RawTcpServer(async (_, socket) =>
        {
            await RawTcpServer.ReadRequestAsync(socket);
            await SendAsync(socket, Token[..20], "Content-Length: 20\r\n");
        });

        var error = await new Composition { Endpoint = $"http://127.0.0.1:{server.Port}/token" }.FailAsync();

        Assert.Equal(("token_response_malformed", false), (error.Code, error.IsTransient));
        Assert.Equal(1, server.Connections);
    }

    private static async Task SendAsync(Socket socket, string body, string headers = "") =>
        await socket.SendAsync(Encoding.UTF8.GetBytes($"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n{headers}Connection: close\r\n\r\n{body}"));
}
