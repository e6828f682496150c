namespace JwtGrantClient.Benchmarks.Endpoint;

/// <summary>An in-memory token endpoint, which responds immediately with a token with a lifetime of one hour.</summary>
internal sealed class InMemoryTokenEndpoint : HttpMessageHandler
{
    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) => Task.FromResult(
        new HttpResponseMessage
        {
            RequestMessage = request,
            Content = new StringContent("""{"access_token":"t","token_type":"Bearer","expires_in":3600}""", null, "application/json"),
        });
}
