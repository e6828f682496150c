namespace JwtGrantClient.Testing.Tokens;

/// <summary>All tokens of one authorization, including refreshed ones. They are revoked together (RFC 9700 section 4.14.2).</summary>
internal sealed class TokenFamily
{
    private volatile bool _isRevoked;

    public bool IsRevoked => _isRevoked;

    public void Revoke() => _isRevoked = true;
}
