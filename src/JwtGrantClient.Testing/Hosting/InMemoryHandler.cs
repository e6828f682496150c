using System.Net;
using JwtGrantClient.Testing.Endpoints;

namespace JwtGrantClient.Testing.Hosting;

/// <summary>The server as the far end of an HttpClient, without a socket. The host of the address does not matter, the path does.</summary>
internal sealed class InMemoryHandler(Func<ServerRequest, CancellationToken, Task<ServerResponse>> answer) : HttpMessageHandler
{
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var headers = request.Headers.Concat(request.Content?.Headers.AsEnumerable() ?? []);
        var address = request.RequestUri ?? throw new InvalidOperationException("The request has no address.");
        var response = await answer(
            new(
                request.Method.Method,
                address.AbsolutePath,
                address.Query,
                [.. headers.SelectMany(header => header.Value.Select(value => new KeyValuePair<string, string>(header.Key, value)))],
                request.Content is null ? [] : await request.Content.ReadAsByteArrayAsync(cancellationToken).ConfigureAwait(false)),
            cancellationToken).ConfigureAwait(false);
        return ReferenceEquals(response, ServerResponse.Dropped)
            ? throw new HttpRequestException(HttpRequestError.ResponseEnded, "The server ended the connection without an answer.")
            : ToMessage(response, request);
    }

    private static HttpResponseMessage ToMessage(ServerResponse response, HttpRequestMessage request)
    {
        var content = new ByteArrayContent(response.Body);
        var message = new HttpResponseMessage((HttpStatusCode)response.Status) { Content = content, RequestMessage = request };
        foreach (var (name, value) in response.Headers)
            if (!message.Headers.TryAddWithoutValidation(name, value))
                message.Content.Headers.TryAddWithoutValidation(name, value);
        return message;
    }
}
