namespace JwtGrantClient.TokenEndpoint;

/// <summary>RFC 6749 section 4.4: the client's own authentication is all it needs.</summary>
internal sealed class ClientCredentialsGrant(TokenRequest request) : Grant
{
    internal override bool MayBeRepeated => true;

    internal override ValueTask WriteAsync(TokenForm form, Attempt attempt, CancellationToken cancellationToken)
    {
        form.Add("grant_type", "client_credentials");
        form.AddRequest(request);
        return default;
    }
}
