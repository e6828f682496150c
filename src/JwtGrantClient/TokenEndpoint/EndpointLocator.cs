namespace JwtGrantClient.TokenEndpoint;

/// <summary>Where the token endpoint is: as configured, else by the metadata of the configured issuer; from nowhere else.</summary>
internal sealed class EndpointLocator
{
    private readonly MetadataDiscovery? _discovery;
    private readonly Func<string>? _clientAlgorithm;
    private volatile Uri? _address;

    /// <summary>The endpoint as configured; metadata is then not fetched.</summary>
    public EndpointLocator(string tokenEndpoint, string? issuer = null) => (_address, Issuer) = (new Uri(tokenEndpoint), issuer);

    /// <summary>The endpoint by the issuer's metadata.</summary>
    /// <param name="discovery">Reads the metadata.</param>
    /// <param name="clientAlgorithm">What client assertions are signed with now; null where there are none of ours.</param>
    public EndpointLocator(MetadataDiscovery discovery, Func<string>? clientAlgorithm = null) =>
        (_discovery, Issuer, _clientAlgorithm) = (discovery, discovery.Issuer, clientAlgorithm);

    /// <summary>The server's issuer as configured.</summary>
    public string? Issuer { get; }

    /// <exception cref="JwtGrantException">There is no metadata, or it says that the client's key will not do.</exception>
    public async ValueTask<Uri> LocateAsync(CancellationToken cancellationToken)
    {
        if (_discovery is null)
            return _address!;
        var metadata = await _discovery.GetAsync(cancellationToken).ConfigureAwait(false);
        DemandAlgorithm(metadata.SigningAlgorithms);
        return _address is { } known && known.OriginalString == metadata.TokenEndpoint ? known : _address = new Uri(metadata.TokenEndpoint);
    }

    // Said here, with both lists, for the server would only say invalid_client (C03).
    private void DemandAlgorithm(IReadOnlyList<string>? accepted)
    {
        if (accepted is not { Count: > 0 } || _clientAlgorithm?.Invoke() is not { } own || accepted.Contains(own))
            return;
        throw JwtGrantException.Configuration(
            "algorithm_not_accepted",
            $"The client's key signs {own}, but '{Issuer}' accepts {SafeText.Of(string.Join(", ", accepted))} by its metadata. An RSA key can sign " +
            "RS256, RS384, RS512, PS256, PS384 and PS512, an EC key the ES algorithm of its curve: set SigningKey:Algorithm, or register another key.");
    }
}
