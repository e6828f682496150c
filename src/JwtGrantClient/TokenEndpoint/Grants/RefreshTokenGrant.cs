using System.Diagnostics;
using JwtGrantClient.Protocol;

namespace JwtGrantClient.TokenEndpoint;

/// <summary>
/// Exchanges a refresh token (RFC 6749 section 6). A server that rotates refresh tokens takes a second use as theft (RFC 9700 section 4.14).
/// </summary>
internal sealed class RefreshTokenGrant(string refreshToken, TokenRequest request) : Grant
{
    [DebuggerBrowsable(DebuggerBrowsableState.Never)]
    private readonly string _refreshToken = refreshToken;

    private readonly TokenRequest _request = WithoutSubject(request, GrantTypes.RefreshToken);

    internal override string Type => GrantTypes.RefreshToken;

    internal override bool MayBeRepeated => false;

    internal override ValueTask WriteAsync(TokenRequestForm form, CancellationToken cancellationToken)
    {
        form.Add("refresh_token", _refreshToken);
        form.AddRequest(_request);
        return default;
    }
}
