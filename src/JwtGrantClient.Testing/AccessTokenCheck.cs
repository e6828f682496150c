namespace JwtGrantClient.Testing;

/// <summary>The result of a resource server's check of an Authorization header (RFC 6750 section 3).</summary>
/// <param name="Status">200, 401 or 403.</param>
/// <param name="WwwAuthenticate">The header of the rejection; null if the token is valid.</param>
/// <param name="ClientId">The client that the token was issued to.</param>
/// <param name="Subject">The subject of the token.</param>
/// <param name="Scope">The scope of the token.</param>
public sealed record AccessTokenCheck(
    int Status, string? WwwAuthenticate, string? ClientId = null, string? Subject = null, string? Scope = null)
{
    /// <summary>Gets the value of the <c>DPoP-Nonce</c> header of the response (RFC 9449 section 9); null for none.</summary>
    public string? DPoPNonce { get; init; }

    /// <summary>Gets whether the request is allowed.</summary>
    public bool IsValid => WwwAuthenticate is null;
}
