namespace JwtGrantClient.Testing;

/// <summary>
/// A client that the server knows. One registration serves all grants: the client may assert itself (jwt-bearer) and authenticate itself
/// (private_key_jwt) with the same keys.
/// </summary>
public sealed class ClientRegistration
{
    /// <summary>The <c>client_id</c>.</summary>
    public required string Id { get; init; }

    /// <summary>The public key as PEM: SubjectPublicKeyInfo, PKCS#1 or a certificate. This or <see cref="Jwks"/>.</summary>
    public string? PublicKeyPem { get; init; }

    /// <summary>The <c>kid</c> of <see cref="PublicKeyPem"/>; null accepts an assertion without <c>kid</c> and one with any.</summary>
    public string? KeyId { get; init; }

    /// <summary>The public keys as a JWK Set (RFC 7517 section 5). This or <see cref="PublicKeyPem"/>.</summary>
    public string? Jwks { get; init; }

    /// <summary>The one signing algorithm that is accepted (RFC 8725 section 3.1). Default: whichever fits the key.</summary>
    public string? SigningAlgorithm { get; init; }

    /// <summary>
    /// Who signs the JWT that this client sends in place of a client secret, as Sign in with Apple has it: the team's id. The client then
    /// authenticates by that, reusable for up to 15,777,000 s, and by nothing else. Default: null.
    /// </summary>
    public string? ClientSecretIssuer { get; init; }

    /// <summary>Grant types that the client may use, as they stand in <c>grant_type</c>. Default: all.</summary>
    public IReadOnlyList<string>? AllowedGrantTypes { get; init; }

    /// <summary>Scope values that the client may ask for. Default: all.</summary>
    public IReadOnlyList<string>? AllowedScopes { get; init; }

    /// <summary>Subjects that its grant assertions may name. Default: itself, and any but another registered client.</summary>
    public IReadOnlyList<string>? AllowedSubjects { get; init; }

    /// <summary>
    /// Whether a jwt-bearer grant needs client authentication too. Default: false (RFC 7523 section 3.1 leaves it optional).
    /// </summary>
    public bool RequireClientAuthentication { get; init; }
}
