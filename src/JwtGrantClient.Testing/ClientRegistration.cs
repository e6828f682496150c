namespace JwtGrantClient.Testing;

/// <summary>
/// A client that the server knows. One registration serves all grants: the client may assert itself (jwt-bearer) and authenticate itself
/// (private_key_jwt) with the same keys. It has keys, or a secret, or another credential; a public client has none, and says so.
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

    /// <summary>
    /// The client secret, for <c>client_secret_basic</c> and <c>client_secret_post</c> (RFC 6749 section 2.3.1). Default: null, none.
    /// </summary>
    public string? ClientSecret { get; init; }

    /// <summary>
    /// The SPIFFE id, <c>spiffe://trust-domain/path</c>, for client authentication by a JWT-SVID
    /// (draft-ietf-oauth-spiffe-client-auth-02, <c>client_assertion_type</c> jwt-spiffe). <see cref="Jwks"/> then holds the keys of the
    /// trust domain; without, those of the <see cref="TrustedIssuer"/> named <c>spiffe://trust-domain</c> count. Default: null, none.
    /// </summary>
    public string? SpiffeId { get; init; }

    /// <summary>
    /// The client certificate that it shows by mutual TLS, as <c>x5t#S256</c>: the SHA-256 of its DER in base64url (RFC 8705 section 2.2).
    /// The server needs <see cref="StrictAuthorizationServerOptions.MutualTls"/>. Default: null, none.
    /// </summary>
    public string? CertificateThumbprint { get; init; }

    /// <summary>
    /// The methods by which it may authenticate, by their names in the metadata: <c>private_key_jwt</c>, <c>client_secret_basic</c>,
    /// <c>client_secret_post</c>, <c>spiffe_jwt</c>, <c>self_signed_tls_client_auth</c>, <c>tls_client_auth</c> (of the registered
    /// certificate too: there is no chain to judge), <c>none</c>. Default: those that it has credentials for, save tls_client_auth.
    /// </summary>
    public IReadOnlyList<string>? AllowedAuthenticationMethods { get; init; }

    /// <summary>Grant types that the client may use, as they stand in <c>grant_type</c>. Default: all.</summary>
    public IReadOnlyList<string>? AllowedGrantTypes { get; init; }

    /// <summary>Scope values that the client may ask for. Default: all.</summary>
    public IReadOnlyList<string>? AllowedScopes { get; init; }

    /// <summary>Subjects that its grant assertions may name. Default: itself, and any but another registered client.</summary>
    public IReadOnlyList<string>? AllowedSubjects { get; init; }

    /// <summary>
    /// Whether all its tokens are bound to a DPoP key, so that a token request without a proof is refused (RFC 9449 section 5.2,
    /// <c>dpop_bound_access_tokens</c>). Default: false; a proof is judged and binds the token in any case.
    /// </summary>
    public bool RequireDPoP { get; init; }

    /// <summary>
    /// Whether a jwt-bearer grant needs client authentication too. Default: false (RFC 7523 section 3.1 leaves it optional).
    /// </summary>
    public bool RequireClientAuthentication { get; init; }
}
