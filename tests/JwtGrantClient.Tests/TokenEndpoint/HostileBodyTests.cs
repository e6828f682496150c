using System.IO.Compression;
using System.Net;
using System.Text;
using JwtGrantClient.Tests.TestSupport;
using JwtGrantClient.TokenEndpoint;
using Microsoft.AspNetCore.Http;

namespace JwtGrantClient.Tests.TokenEndpoint;

/// <summary>Bodies that are large, compressed, mislabelled or incomplete.</summary>
public sealed class HostileBodyTests
{
    [Theory]
    [InlineData("gzip"), InlineData("deflate")]
    public async Task A_compressed_response_is_read(string encoding)
    {
        var body = Compress(encoding, Encoding.UTF8.GetBytes(Reply.TokenJson));
        await using var server = await ScriptedServer.StartAsync(Reply.Bytes(encoding, body));

        Assert.Equal("abc", (await new Composition { Endpoint = server.TokenEndpoint }.RequestAsync()).AccessToken.Value);
    }

    [Theory]
    [InlineData("gzip"), InlineData("deflate")]
    public async Task A_damaged_compressed_response_is_a_transport_error(string encoding)
    {
        await using var server = await ScriptedServer.StartAsync(Reply.Bytes(encoding, [.. Enumerable.Repeat((byte)0xFF, 64)]));

        var error = await new Composition { Endpoint = server.TokenEndpoint }.FailAsync();

        Assert.Equal((JwtGrantErrorKind.Transport, "connection_failed", true), (error.Kind, error.Code, error.IsTransient));
    }

    [Fact]
    public async Task A_content_encoding_that_was_not_requested_is_reported_by_name()
    {
        await using var server = await ScriptedServer.StartAsync(Reply.Bytes("br", Compress("br", Encoding.UTF8.GetBytes(Reply.TokenJson))));

        var error = await new Composition { Endpoint = server.TokenEndpoint }.FailAsync();

        Assert.Equal((JwtGrantErrorKind.MalformedResponse, "token_response_malformed", 200), (error.Kind, error.Code, error.StatusCode));
        Assert.Contains("Content-Encoding 'br'", error.FirstLine(), StringComparison.Ordinal);
        Assert.False(Assert.Single(server.Requests).Headers.ContainsKey("Accept-Encoding"), "The request has Accept-Encoding.");
    }

    [Fact]
    public async Task A_custom_handler_may_decompress_other_encodings()
    {
        await using var server = await ScriptedServer.StartAsync(Reply.Bytes("br", Compress("br", Encoding.UTF8.GetBytes(Reply.TokenJson))));
        var handler = new SocketsHttpHandler { AllowAutoRedirect = false, AutomaticDecompression = DecompressionMethods.Brotli };

        Assert.Equal("abc", (await new Composition { Endpoint = server.TokenEndpoint, Handler = handler }.RequestAsync()).AccessToken.Value);
    }

    [Fact]
    public async Task A_body_of_the_maximum_size_is_read_and_a_larger_one_is_rejected()
    {
        var largest = Reply.TokenJson + new string(' ', ResponseBodyReader.MaximumBytes - Reply.TokenJson.Length);
        await using var server = await ScriptedServer.StartAsync(Reply.Json(200, largest), Reply.Json(200, largest + " "));
        var client = new Composition { Endpoint = server.TokenEndpoint };

        Assert.Equal("abc", (await client.RequestAsync()).AccessToken.Value);
        AssertTooLarge(await client.FailAsync());
        Assert.Equal(2, server.Requests.Count);
    }

    [Theory]
    [InlineData("gzip"), InlineData("deflate")]
    public async Task A_decompression_bomb_is_rejected_at_the_maximum_size(string encoding)
    {
        var bomb = Compress(encoding, new byte[64 * ResponseBodyReader.MaximumBytes]);
        Assert.True(bomb.Length < ResponseBodyReader.MaximumBytes);
        await using var server = await ScriptedServer.StartAsync(Reply.Bytes(encoding, bomb));

        AssertTooLarge(await new Composition { Endpoint = server.TokenEndpoint }.FailAsync());
    }

    [Fact]
    public async Task An_endless_body_is_rejected_without_waiting_for_its_end()
    {
        var closed = new TaskCompletionSource();
        await using var server = await ScriptedServer.StartAsync(async context =>
        {
            try
            {
                var chunk = new byte[64 * 1024];
                while (!context.RequestAborted.IsCancellationRequested)
                    await context.Response.Body.WriteAsync(chunk, context.RequestAborted);
            }
            catch (OperationCanceledException)
            {
                // Expected: the client closes the connection.
            }
            closed.TrySetResult();
        });

        AssertTooLarge(await new Composition { Endpoint = server.TokenEndpoint }.FailAsync());
        await closed.Task.WaitAsync(TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task A_large_error_page_is_truncated_and_classified_by_its_status()
    {
        await using var server = await ScriptedServer.StartAsync(
            Reply.Body(503, "text/html", new string('x', 2 * ResponseBodyReader.MaximumBytes)), Reply.Token);

        Assert.Equal("abc", (await new Composition { Endpoint = server.TokenEndpoint }.RequestAsync()).AccessToken.Value);
    }

    [Theory]
    [InlineData("application/json;charset=\"utf8\""), InlineData("application/json; charset=nonsense")]
    [InlineData("text/plain"), InlineData("nonsense")]
    public async Task The_Content_Type_of_a_token_response_is_ignored(string contentType)
    {
        await using var server = await ScriptedServer.StartAsync(Reply.Body(200, contentType, Reply.TokenJson));

        Assert.Equal("abc", (await new Composition { Endpoint = server.TokenEndpoint }.RequestAsync()).AccessToken.Value);
    }

    [Fact]
    public async Task A_sign_in_page_is_reported_with_its_Content_Type()
    {
        await using var server = await ScriptedServer.StartAsync(Reply.Body(200, "text/html; charset=iso-8859-1", "<html>Sign in</html>"));

        var error = await new Composition { Endpoint = server.TokenEndpoint }.FailAsync();

        Assert.Equal("token_response_malformed", error.Code);
        Assert.Contains("(Content-Type: text/html; charset=iso-8859-1)", error.Message, StringComparison.Ordinal);
        Assert.Single(server.Requests);
    }

    private static void AssertTooLarge(JwtGrantException error)
    {
        Assert.Equal((JwtGrantErrorKind.MalformedResponse, "response_too_large", 200), (error.Kind, error.Code, error.StatusCode));
        Assert.False(error.IsTransient);
    }

    private static byte[] Compress(string encoding, byte[] body)
    {
        var bytes = new MemoryStream();
        using (Stream stream = encoding switch
        {
            "gzip" => new GZipStream(bytes, CompressionLevel.Fastest),
            "deflate" => new ZLibStream(bytes, CompressionLevel.Fastest),
            _ => new BrotliStream(bytes, CompressionLevel.Fastest),
        })
            stream.Write(body);
        return bytes.ToArray();
    }
}
