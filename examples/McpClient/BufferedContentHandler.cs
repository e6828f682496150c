namespace Agent;

/// <summary>
/// Serializes the body of a request before it is sent. The MCP SDK sends <c>JsonContent</c>, which serializes its object while it is sent
/// and may not be able to do it twice, so the handler with the token does not send it again after a 401. It does so with these bytes: after
/// a token was revoked, and with a nonce of the MCP server (RFC 9449 section 9).
/// </summary>
internal sealed class BufferedContentHandler : DelegatingHandler
{
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        if (request.Content is { } content)
        {
            request.Content = new ByteArrayContent(await content.ReadAsByteArrayAsync(cancellationToken));
            foreach (var (name, values) in content.Headers)
                request.Content.Headers.TryAddWithoutValidation(name, values);
        }
        return await base.SendAsync(request, cancellationToken);
    }
}
