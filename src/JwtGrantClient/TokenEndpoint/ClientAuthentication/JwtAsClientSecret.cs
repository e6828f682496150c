namespace JwtGrantClient.TokenEndpoint;

/// <summary>Sends a JWT in place of a client secret (RFC 6749 section 2.3.1), as Sign in with Apple requires.</summary>
internal sealed class JwtAsClientSecret(AssertionProvider assertions, string clientId) : ClientAuthentication
{
    public override IReadOnlyList<string> MetadataNames => ["client_secret_post"];

    public override async ValueTask WriteAsync(TokenRequestForm form, CancellationToken cancellationToken)
    {
        var assertion = await assertions(form.ContextFor(AssertionPurpose.ClientAuthentication), cancellationToken).ConfigureAwait(false);
        form.Add("client_id", clientId);
        form.Add("client_secret", assertion.Value);
    }
}
