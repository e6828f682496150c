namespace JwtGrantClient.TokenEndpoint;

/// <summary>RFC 6749 section 4.1.3 with RFC 7636 section 4.5.</summary>
internal sealed class AuthorizationCodeGrant(string code, string? redirectUri, string? codeVerifier) : Grant
{
    internal override bool MayBeRepeated => false;

    internal override ValueTask WriteAsync(TokenForm form, CancellationToken cancellationToken)
    {
        form.Add("grant_type", "authorization_code");
        form.Add("code", code);
        form.Add("redirect_uri", redirectUri);
        form.Add("code_verifier", codeVerifier);
        return default;
    }
}
