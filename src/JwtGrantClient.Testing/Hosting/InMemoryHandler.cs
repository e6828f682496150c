using System.Net;
using System.Net.Http.Headers;
using JwtGrantClient.Testing.Endpoints;

namespace JwtGrantClient.Testing.Hosting;

/// <summary>Passes the requests of an HttpClient to the server without a socket. Only the path of the URL matters, not the host.</summary>
internal sealed class InMemoryHandler(Func<ServerRequest, CancellationToken, Task<ServerResponse>> handle) : HttpMessageHandler
{
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var address = request.RequestUri ?? throw new InvalidOperationException("The request has no RequestUri.");
        var body = request.Content is null ? [] : await ReadAsync(request.Content, cancellationToken).ConfigureAwait(false);
        var received = new ServerRequest(request.Method.Method, address.AbsolutePath, address.Query, ReadHeaders(request), body);
        var response = await handle(received, cancellationToken).ConfigureAwait(false);
        return ReferenceEquals(response, ServerResponse.Dropped)
            ? throw new HttpRequestException(HttpRequestError.ResponseEnded, "The server closed the connection without a response.")
            : ToMessage(response, request);
    }

    // Not validated: the headers as they would be sent. To parse them would take longer than most requests.
    private static List<KeyValuePair<string, string>> ReadHeaders(HttpRequestMessage request)
    {
        var headers = new List<KeyValuePair<string, string>>();
        Add(request.Headers.NonValidated, headers);
        if (request.Content is not null)
            Add(request.Content.Headers.NonValidated, headers);
        return headers;
    }

    private static void Add(HttpHeadersNonValidated source, List<KeyValuePair<string, string>> headers)
    {
        foreach (var (name, values) in source)
            foreach (var value in values)
                headers.Add(new(name, value));
    }

    // Content of known length, such as a form, is written into its array without a second buffer.
    private static async ValueTask<byte[]> ReadAsync(HttpContent content, CancellationToken cancellationToken)
    {
        if (content.Headers.ContentLength is not (>= 0 and <= ServerRequest.MaxBodyLength and var length))
            return await content.ReadAsByteArrayAsync(cancellationToken).ConfigureAwait(false);
        var body = new byte[length];
        var stream = new MemoryStream(body);
        await using (stream.ConfigureAwait(false))
        {
            await content.CopyToAsync(stream, cancellationToken).ConfigureAwait(false);
            return stream.Position == length ? body : body[..(int)stream.Position];
        }
    }

    private static HttpResponseMessage ToMessage(ServerResponse response, HttpRequestMessage request)
    {
        var content = new ByteArrayContent(response.Body);
        var message = new HttpResponseMessage((HttpStatusCode)response.Status) { Content = content, RequestMessage = request };
        foreach (var (name, value) in response.Headers)
            if (!message.Headers.TryAddWithoutValidation(name, value))
                message.Content.Headers.TryAddWithoutValidation(name, value);
        if (response.Date is not null)
            message.Headers.TryAddWithoutValidation("Date", response.Date);
        return message;
    }
}
