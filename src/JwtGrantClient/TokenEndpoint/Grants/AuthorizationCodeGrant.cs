using System.Diagnostics;
using JwtGrantClient.Protocol;

namespace JwtGrantClient.TokenEndpoint;

/// <summary>Exchanges an authorization code (RFC 6749 section 4.1.3), with a PKCE verifier (RFC 7636 section 4.5).</summary>
internal sealed class AuthorizationCodeGrant(string code, string? redirectUri, string? codeVerifier) : Grant
{
    [DebuggerBrowsable(DebuggerBrowsableState.Never)]
    private readonly string _code = code;

    [DebuggerBrowsable(DebuggerBrowsableState.Never)]
    private readonly string? _codeVerifier = codeVerifier;

    internal override string Type => GrantTypes.AuthorizationCode;

    internal override bool MayBeRepeated => false;

    internal override ValueTask WriteAsync(TokenRequestForm form, CancellationToken cancellationToken)
    {
        form.Add("code", _code);
        form.Add("redirect_uri", redirectUri);
        form.Add("code_verifier", _codeVerifier);
        return default;
    }
}
