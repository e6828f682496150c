using JwtGrantClient.Protocol;

namespace JwtGrantClient.TokenEndpoint;

/// <summary>RFC 6749 section 4.4: the client's own authentication is all it needs.</summary>
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
