namespace JwtGrantClient.TokenEndpoint;

/// <summary>Where the token endpoint is: as configured, else by the metadata of the configured issuer; from nowhere else.</summary>
internal sealed class EndpointLocator
{
    private readonly MetadataDiscovery? _discovery;
    private volatile Uri? _address;

    /// <summary>The endpoint as configured; metadata is then not fetched.</summary>
    public EndpointLocator(string tokenEndpoint, string? issuer = null) => (_address, Issuer) = (new Uri(tokenEndpoint), issuer);

    /// <summary>The endpoint by the issuer's metadata.</summary>
    public EndpointLocator(MetadataDiscovery discovery) => (_discovery, Issuer) = (discovery, discovery.Issuer);

    /// <summary>The server's issuer as configured.</summary>
    public string? Issuer { get; }

    public async ValueTask<Uri> LocateAsync(CancellationToken cancellationToken)
    {
        if (_discovery is null)
            return _address!;
        var metadata = await _discovery.GetAsync(cancellationToken).ConfigureAwait(false);
        return _address is { } known && known.OriginalString == metadata.TokenEndpoint ? known : _address = new Uri(metadata.TokenEndpoint);
    }
}
