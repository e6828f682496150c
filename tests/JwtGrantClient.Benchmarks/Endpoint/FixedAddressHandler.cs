namespace JwtGrantClient.Benchmarks.Endpoint;

/// <summary>Sends every request to one address, for clients that only support the https endpoint of their vendor.</summary>
internal sealed class FixedAddressHandler : DelegatingHandler
{
    private readonly Uri _target;

    public FixedAddressHandler(Uri target, HttpMessageHandler inner)
        : base(inner) => _target = target;

    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        request.RequestUri = _target;
        return base.SendAsync(request, cancellationToken);
    }
}
