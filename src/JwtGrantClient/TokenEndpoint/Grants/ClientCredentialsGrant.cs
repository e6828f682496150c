using JwtGrantClient.Protocol;

namespace JwtGrantClient.TokenEndpoint;

/// <summary>Requests a token for the client itself (RFC 6749 section 4.4). The client authentication is the grant.</summary>
internal sealed class ClientCredentialsGrant(TokenRequest request) : Grant
{
    private readonly TokenRequest _request = WithoutSubject(request, GrantTypes.ClientCredentials);

    internal override string Type => GrantTypes.ClientCredentials;

    internal override bool MayBeRepeated => true;

    internal override ValueTask WriteAsync(TokenRequestForm form, CancellationToken cancellationToken)
    {
        form.AddRequest(_request);
        return default;
    }
}
