namespace JwtGrantClient.Benchmarks.Endpoint;

/// <summary>Sends everything to one address: for clients that would speak to their maker's https endpoint only.</summary>
internal sealed class Diverted : DelegatingHandler
{
    private readonly Uri _target;

    public Diverted(Uri target, HttpMessageHandler inner)
        : base(inner) => _target = target;

    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        request.RequestUri = _target;
        return base.SendAsync(request, cancellationToken);
    }
}
