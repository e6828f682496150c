namespace JwtGrantClient.Testing.Validation;

/// <summary>The options together with the names that the server goes by.</summary>
/// <param name="Issuer">The issuer identifier, never respelt: it is compared byte for byte.</param>
/// <param name="Origin">Scheme, host and port of the endpoints.</param>
/// <param name="Options">How it judges.</param>
internal sealed record ServerSettings(string Issuer, string Origin, StrictAuthorizationServerOptions Options)
{
    /// <summary>The issuer's path without a slash at its end (RFC 8414 section 3.1); empty where it has none.</summary>
    public string Path { get; } = Issuer[OriginOf(Issuer).Length..].TrimEnd('/');

    public string TokenEndpoint => $"{Origin}{Path}/token";

    public string RevocationEndpoint => $"{Origin}{Path}/revoke";

    /// <summary>Scheme, host and port of the listener for mutual TLS; null for none.</summary>
    public string? MutualTlsOrigin { get; init; }

    public string? MutualTlsTokenEndpoint => MutualTlsOrigin is null ? null : $"{MutualTlsOrigin}{Path}/token";

    public string? MutualTlsRevocationEndpoint => MutualTlsOrigin is null ? null : $"{MutualTlsOrigin}{Path}/revoke";

    public string JwksUri => $"{Origin}{Path}/jwks";

    public DateTimeOffset Now => Options.TimeProvider.GetUtcNow();

    /// <summary>The terms of a server that nobody can reach by a socket: its endpoints lie under the issuer.</summary>
    public static ServerSettings InMemory(StrictAuthorizationServerOptions options) =>
        Under(options.Issuer ?? "https://as.example.com", options);

    /// <summary>The terms of a server that listens at an address.</summary>
    public static ServerSettings ListeningAt(string address, StrictAuthorizationServerOptions options) =>
        options.Issuer is not { } issuer ? Under(address, options)
        : new Uri(issuer).IsLoopback ? Under(issuer, options)
        // The issuer is the name of the server and may be any; a request must reach it.
        : new(issuer, address, options);

    private static ServerSettings Under(string issuer, StrictAuthorizationServerOptions options) => new(issuer, OriginOf(issuer), options);

    private static string OriginOf(string issuer)
    {
        var path = issuer.IndexOf('/', issuer.IndexOf("://", StringComparison.Ordinal) + 3);
        return path < 0 ? issuer : issuer[..path];
    }
}
