namespace JwtGrantClient.TokenEndpoint;

/// <summary>Does not authenticate the client: the grant is sufficient (RFC 7523 section 3.1). Sends the client id if there is one.</summary>
internal sealed class NoClientAuthentication(string? clientId) : ClientAuthentication
{
    public override IReadOnlyList<string> MetadataNames => [];

    public override ValueTask WriteAsync(TokenRequestForm form, CancellationToken cancellationToken)
    {
        form.Add("client_id", clientId);
        return default;
    }
}
