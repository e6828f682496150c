namespace JwtGrantClient.TokenEndpoint;

/// <summary>Sends the secret in the form (RFC 6749 section 2.3.1).</summary>
internal sealed class ClientSecretPost(string clientId, ClientSecret secret) : ClientAuthentication
{
    public override IReadOnlyList<string> MetadataNames => ["client_secret_post"];

    public override async ValueTask WriteAsync(TokenRequestForm form, CancellationToken cancellationToken)
    {
        form.Add("client_id", clientId);
        form.Add("client_secret", await secret.ReadAsync(cancellationToken).ConfigureAwait(false));
    }
}
