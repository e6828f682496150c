namespace JwtGrantClient.Benchmarks.Endpoint;

/// <summary>A token endpoint in memory, which answers at once with a token that lives an hour.</summary>
internal sealed class Instant : HttpMessageHandler
{
    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) => Task.FromResult(
        new HttpResponseMessage
        {
            RequestMessage = request,
            Content = new StringContent("""{"access_token":"t","token_type":"Bearer","expires_in":3600}""", null, "application/json"),
        });
}
