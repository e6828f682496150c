namespace JwtGrantClient.TokenEndpoint;

/// <summary>
/// Authenticates the client: writes form fields or a header, independently of the grant. A request has at most one method (RFC 6749 section
/// 2.3).
/// </summary>
internal abstract class ClientAuthentication
{
    /// <summary>Gets the names of the method in server metadata (<c>token_endpoint_auth_methods_supported</c>); empty if it has none.</summary>
    public abstract IReadOnlyList<string> MetadataNames { get; }

    /// <summary>Writes the form fields, or the header, of one attempt. It is called for each attempt.</summary>
    public abstract ValueTask WriteAsync(TokenRequestForm form, CancellationToken cancellationToken);
}
