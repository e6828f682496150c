namespace JwtGrantClient.TokenEndpoint;

/// <summary>Where the endpoints are: as configured, else by the metadata of the configured issuer; from nowhere else.</summary>
internal sealed class EndpointLocator
{
    private readonly string? _tokenEndpoint, _revocationEndpoint;
    private readonly MetadataDiscovery? _discovery;
    private volatile Uri? _last;

    /// <param name="tokenEndpoint">As configured; metadata is then not fetched for it.</param>
    /// <param name="issuer">As configured.</param>
    public EndpointLocator(string tokenEndpoint, string? issuer = null) => (_tokenEndpoint, Issuer) = (tokenEndpoint, issuer);

    /// <param name="discovery">Reads the metadata; null where there is no issuer.</param>
    /// <param name="tokenEndpoint">As configured; null takes the metadata's.</param>
    /// <param name="revocationEndpoint">As configured; null takes the metadata's.</param>
    public EndpointLocator(MetadataDiscovery? discovery, string? tokenEndpoint = null, string? revocationEndpoint = null) =>
        (_discovery, Issuer, _tokenEndpoint, _revocationEndpoint) = (discovery, discovery?.Issuer, tokenEndpoint, revocationEndpoint);

    /// <summary>The server's issuer as configured.</summary>
    public string? Issuer { get; }

    /// <summary>What the client will do there, for the metadata to contradict.</summary>
    public ClientCapabilities Client { get; init; } = ClientCapabilities.None;

    /// <summary>Whether connections show a client certificate: then the metadata's aliases count (RFC 8705 section 5).</summary>
    public bool ShowsCertificate { get; init; }

    /// <exception cref="JwtGrantException">There is no metadata, or it says that the request would be refused.</exception>
    public async ValueTask<Uri> LocateTokenEndpointAsync(string? grantType, CancellationToken cancellationToken)
    {
        if (_tokenEndpoint is not null)
            return AddressOf(_tokenEndpoint);
        var metadata = await _discovery!.GetAsync(cancellationToken).ConfigureAwait(false);
        MetadataChecks.EnsureSupported(metadata, Client, grantType);
        return AddressOf(ShowsCertificate ? metadata.MutualTlsTokenEndpoint ?? metadata.TokenEndpoint : metadata.TokenEndpoint);
    }

    /// <exception cref="JwtGrantException">There is no metadata, or it names none.</exception>
    public async ValueTask<Uri> LocateRevocationEndpointAsync(CancellationToken cancellationToken)
    {
        if (_revocationEndpoint is not null)
            return new(_revocationEndpoint);
        var metadata = _discovery is null ? null : await _discovery.GetAsync(cancellationToken).ConfigureAwait(false);
        return (ShowsCertificate ? metadata?.MutualTlsRevocationEndpoint ?? metadata?.RevocationEndpoint : metadata?.RevocationEndpoint) is { } address
            ? new(address)
            : throw JwtGrantException.Configuration(
                "revocation_unavailable",
                Issuer is null
                    ? "There is no RevocationEndpoint, nor an Issuer whose metadata could name one. Set RevocationEndpoint."
                    : $"The metadata of '{Issuer}' names no revocation_endpoint (RFC 7009). Set RevocationEndpoint, if the server has one.");
    }

    private Uri AddressOf(string text) => _last is { } known && known.OriginalString == text ? known : _last = new Uri(text);
}
