using JwtGrantClient.Protocol;

namespace JwtGrantClient.TokenEndpoint;

/// <summary>What errors say about the client that sends a request. It is read after a failure only.</summary>
/// <param name="Client">The name of the client; empty for a client without a name.</param>
/// <param name="Server">The token endpoint or the issuer, as configured; null for a client without a token endpoint.</param>
/// <param name="FindEndpoint">Returns the endpoint; null while it is not known.</param>
internal sealed record RequestSender(string Client, string? Server, Func<Uri?> FindEndpoint)
{
    /// <summary>Gets whether the client authenticates by the certificate of the connection, which the request does not show.</summary>
    public bool UsesMutualTls { get; init; }

    /// <summary>Gets whether the client signs its client assertions, so that the settings of these assertions have an effect.</summary>
    public bool SignsClientAssertions { get; init; }

    /// <summary>Gets the configured subject of grant assertions. Other subjects may be persons and are not shown.</summary>
    public string? Subject { get; init; }

    /// <summary>Gets the errors that the documentation of the provider describes.</summary>
    public IReadOnlyList<KnownError> KnownErrors { get; init; } = [];

    /// <summary>Adds the client and the endpoint to an error.</summary>
    public JwtGrantException AddContext(JwtGrantException error)
    {
        if (error.Client is not null)
            return error;
        return error.AddContext(
            Client, Endpoint?.Trim('\''), $"{(Client.Length == 0 ? "Client without a name" : $"Client '{SanitizedText.From(Client)}'")}{(Place is { } place ? $", {place}" : "")}.");
    }

    /// <summary>Gets the endpoint, or the server as configured while the endpoint is not known; null for a client without a token endpoint.</summary>
    public string? Place => Endpoint is { } endpoint ? $"endpoint {endpoint}" : Server is null ? null : $"server {SettingText.QuoteUrl(Server)}";

    private string? Endpoint => FindEndpoint() is { } address ? SettingText.QuoteUrl(address.OriginalString) : null;
}
