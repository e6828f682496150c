namespace JwtGrantClient.TokenEndpoint;

/// <summary>Finds the endpoints: as configured, otherwise in the metadata of the configured issuer.</summary>
internal sealed class EndpointLocator
{
    private readonly string? _tokenEndpoint, _revocationEndpoint;
    private readonly MetadataDiscovery? _discovery;
    private volatile Uri? _last, _lastRevocation;

    /// <param name="tokenEndpoint">As configured; metadata is not fetched.</param>
    /// <param name="issuer">As configured.</param>
    public EndpointLocator(string tokenEndpoint, string? issuer = null) => (_tokenEndpoint, Issuer) = (tokenEndpoint, issuer);

    /// <param name="discovery">Reads the metadata; null without an issuer.</param>
    /// <param name="tokenEndpoint">As configured; null to use the metadata.</param>
    /// <param name="revocationEndpoint">As configured; null to use the metadata.</param>
    public EndpointLocator(MetadataDiscovery? discovery, string? tokenEndpoint = null, string? revocationEndpoint = null) =>
        (_discovery, Issuer, _tokenEndpoint, _revocationEndpoint) = (discovery, discovery?.Issuer, tokenEndpoint, revocationEndpoint);

    /// <summary>Gets the token endpoint, for errors; null if it has not been found yet.</summary>
    public Uri? LastTokenEndpoint => _tokenEndpoint is null ? _last : AddressOf(_tokenEndpoint);

    /// <summary>Gets the revocation endpoint, for errors; null if it has not been found yet.</summary>
    public Uri? LastRevocationEndpoint => _lastRevocation;

    /// <summary>Gets the issuer as configured.</summary>
    public string? Issuer { get; }

    /// <summary>Gets what the client uses, to be compared with the metadata.</summary>
    public ClientCapabilities Client { get; init; } = ClientCapabilities.None;

    /// <summary>Gets whether connections use a client certificate: then the metadata's mtls_endpoint_aliases apply (RFC 8705 section 5).</summary>
    public bool UsesCertificate { get; init; }

    /// <exception cref="JwtGrantException">The metadata cannot be read, or it rules the request out.</exception>
    public async ValueTask<Uri> LocateTokenEndpointAsync(string? grantType, CancellationToken cancellationToken)
    {
        if (_tokenEndpoint is not null)
            return AddressOf(_tokenEndpoint);
        var metadata = await _discovery!.GetAsync(cancellationToken).ConfigureAwait(false);
        MetadataChecks.EnsureSupported(metadata, Client, grantType);
        return AddressOf(UsesCertificate ? metadata.MutualTlsTokenEndpoint ?? metadata.TokenEndpoint : metadata.TokenEndpoint);
    }

    /// <exception cref="JwtGrantException">The metadata cannot be read, or it has no revocation endpoint.</exception>
    public async ValueTask<Uri> LocateRevocationEndpointAsync(CancellationToken cancellationToken)
    {
        if (_revocationEndpoint is not null)
            return _lastRevocation = new(_revocationEndpoint);
        var metadata = _discovery is null ? null : await _discovery.GetAsync(cancellationToken).ConfigureAwait(false);
        return (UsesCertificate ? metadata?.MutualTlsRevocationEndpoint ?? metadata?.RevocationEndpoint : metadata?.RevocationEndpoint) is { } address
            ? _lastRevocation = new(address)
            : throw JwtGrantException.Configuration(
                "revocation_unavailable",
                Issuer is null
                    ? "There is no RevocationEndpoint, and no Issuer whose metadata could contain one. Set RevocationEndpoint."
                    : $"The metadata of '{Issuer}' has no revocation_endpoint (RFC 7009). Set RevocationEndpoint, if the server has one.");
    }

    private Uri AddressOf(string text) => _last is { } known && known.OriginalString == text ? known : _last = new Uri(text);
}
