namespace JwtGrantClient.TokenEndpoint;

/// <summary>Authenticates the client by the certificate of the connection. The form contains the client id (RFC 8705 section 2).</summary>
internal sealed class MutualTls(string clientId) : ClientAuthentication
{
    public override IReadOnlyList<string> MetadataNames => ["tls_client_auth", "self_signed_tls_client_auth"];

    public override ValueTask WriteAsync(TokenRequestForm form, CancellationToken cancellationToken)
    {
        form.Add("client_id", clientId);
        return default;
    }
}
