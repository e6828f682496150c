namespace JwtGrantClient.TokenEndpoint;

/// <summary>
/// Authenticates the client: writes parameters into the form, independently of the grant. A request has exactly one method (RFC 6749 section
/// 2.3).
/// </summary>
internal abstract class ClientAuthentication
{
    /// <summary>Gets the names of the method in server metadata (<c>token_endpoint_auth_methods_supported</c>); empty if it has none.</summary>
    public abstract IReadOnlyList<string> Names { get; }

    /// <summary>Writes the parameters. It is called for each attempt.</summary>
    public abstract ValueTask WriteAsync(TokenRequestForm form, CancellationToken cancellationToken);
}
