namespace JwtGrantClient.TokenEndpoint;

/// <summary>
/// How the client authenticates: it writes parameters into the form, independently of the grant. Exactly one method goes into a request
/// (RFC 6749 section 2.3).
/// </summary>
internal abstract class ClientAuthentication
{
    /// <summary>The names under which servers list the method in their metadata; none where there is nothing to be listed.</summary>
    public abstract IReadOnlyList<string> Names { get; }

    /// <summary>Writes the parameters. Called for each attempt.</summary>
    public abstract ValueTask WriteAsync(TokenRequestForm form, CancellationToken cancellationToken);
}
