namespace JwtGrantClient.Testing.Validation;

/// <summary>The options of the server, with its issuer and the URLs of its endpoints.</summary>
/// <param name="Issuer">The issuer identifier. It is never normalized, because clients compare it byte for byte.</param>
/// <param name="Origin">The scheme, host and port of the endpoints.</param>
/// <param name="Options">The options.</param>
internal sealed record ServerSettings(string Issuer, string Origin, StrictAuthorizationServerOptions Options)
{
    /// <summary>The issuer's path without a trailing slash (RFC 8414 section 3.1); empty if it has none.</summary>
    public string Path { get; } = Issuer[GetOrigin(Issuer).Length..].TrimEnd('/');

    public string TokenEndpoint => $"{Origin}{Path}/token";

    public string AuthorizationEndpoint => $"{Origin}{Path}/authorize";

    public string RevocationEndpoint => $"{Origin}{Path}/revoke";

    /// <summary>The scheme, host and port of the mutual TLS listener; null for none.</summary>
    public string? MutualTlsOrigin { get; init; }

    public string? MutualTlsTokenEndpoint => MutualTlsOrigin is null ? null : $"{MutualTlsOrigin}{Path}/token";

    public string? MutualTlsRevocationEndpoint => MutualTlsOrigin is null ? null : $"{MutualTlsOrigin}{Path}/revoke";

    public string JwksUri => $"{Origin}{Path}/jwks";

    public DateTimeOffset Now => Options.TimeProvider.GetUtcNow();

    /// <summary>Creates the settings of a server in memory. Its endpoints are under the issuer.</summary>
    public static ServerSettings CreateInMemory(StrictAuthorizationServerOptions options) =>
        EndpointsUnder(options.Issuer ?? "https://as.example.com", options);

    /// <summary>Creates the settings of a server that listens at an address.</summary>
    public static ServerSettings CreateListening(string address, StrictAuthorizationServerOptions options) =>
        options.Issuer is not { } issuer ? EndpointsUnder(address, options)
        : new Uri(issuer).IsLoopback ? EndpointsUnder(issuer, options)
        // The issuer does not lead to this server, so its endpoints are at the address.
        : new(issuer, address, options);

    private static ServerSettings EndpointsUnder(string issuer, StrictAuthorizationServerOptions options) => new(issuer, GetOrigin(issuer), options);

    private static string GetOrigin(string issuer)
    {
        var path = issuer.IndexOf('/', issuer.IndexOf("://", StringComparison.Ordinal) + 3);
        return path < 0 ? issuer : issuer[..path];
    }
}
