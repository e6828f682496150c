using System.Net;
using JwtGrantClient.Testing.Endpoints;

namespace JwtGrantClient.Testing.Hosting;

/// <summary>Passes the requests of an HttpClient to the server without a socket. Only the path of the URL matters, not the host.</summary>
internal sealed class InMemoryHandler(Func<ServerRequest, CancellationToken, Task<ServerResponse>> handle) : HttpMessageHandler
{
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var headers = request.Headers.Concat(request.Content?.Headers.AsEnumerable() ?? []);
        var address = request.RequestUri ?? throw new InvalidOperationException("The request has no RequestUri.");
        var response = await handle(
            new(
                request.Method.Method,
                address.AbsolutePath,
                address.Query,
                [.. headers.SelectMany(header => header.Value.Select(value => new KeyValuePair<string, string>(header.Key, value)))],
                request.Content is null ? [] : await request.Content.ReadAsByteArrayAsync(cancellationToken).ConfigureAwait(false)),
            cancellationToken).ConfigureAwait(false);
        return ReferenceEquals(response, ServerResponse.Dropped)
            ? throw new HttpRequestException(HttpRequestError.ResponseEnded, "The server closed the connection without a response.")
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
