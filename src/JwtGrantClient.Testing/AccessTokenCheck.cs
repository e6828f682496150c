namespace JwtGrantClient.Testing;

/// <summary>What a resource server finds in an Authorization header (RFC 6750 section 3).</summary>
/// <param name="Status">200, 401 or 403.</param>
/// <param name="WwwAuthenticate">The header to refuse with; null where the token is good.</param>
/// <param name="ClientId">The client that the token was issued to.</param>
/// <param name="Subject">On whose behalf.</param>
/// <param name="Scope">What it allows.</param>
public sealed record AccessTokenCheck(
    int Status, string? WwwAuthenticate, string? ClientId = null, string? Subject = null, string? Scope = null)
{
    /// <summary>The value of the <c>DPoP-Nonce</c> header to answer with (RFC 9449 section 9); null for none.</summary>
    public string? DPoPNonce { get; init; }

    /// <summary>Whether the request may pass.</summary>
    public bool IsValid => WwwAuthenticate is null;
}
