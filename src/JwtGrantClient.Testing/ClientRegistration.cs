namespace JwtGrantClient.Testing;

/// <summary>
/// A client that is registered at the server. One registration serves all grants: the same keys sign grant assertions (jwt-bearer) and client
/// assertions (private_key_jwt). A client has keys, a secret or another credential; a public client has the method <c>none</c>.
/// </summary>
public sealed class ClientRegistration
{
    /// <summary>Gets the <c>client_id</c>.</summary>
    public required string Id { get; init; }

    /// <summary>Gets the public key as PEM: SubjectPublicKeyInfo, PKCS#1 or a certificate. It is an RSA, EC, Ed25519 or ML-DSA key. Set either this or <see cref="Jwks"/>. Default: null.</summary>
    public string? PublicKeyPem { get; init; }

    /// <summary>Gets the <c>kid</c> of <see cref="PublicKeyPem"/>. Default: null, which accepts assertions without a <c>kid</c> and with any.</summary>
    public string? KeyId { get; init; }

    /// <summary>Gets the public keys as a JWK Set (RFC 7517 section 5). Set either this or <see cref="PublicKeyPem"/>. Default: null.</summary>
    public string? Jwks { get; init; }

    /// <summary>Gets the only signing algorithm that is accepted (RFC 8725 section 3.1), by its name: Ed25519 and EdDSA are two. Default: null, any that fits the key.</summary>
    public string? SigningAlgorithm { get; init; }

    /// <summary>
    /// Gets the issuer of the JWT that this client sends as its client secret, as for Sign in with Apple: the team id. The client then authenticates only
    /// by such a JWT, which is reusable for up to 15,777,000 s. Default: null.
    /// </summary>
    public string? ClientSecretIssuer { get; init; }

    /// <summary>
    /// Gets the client secret, for <c>client_secret_basic</c> and <c>client_secret_post</c> (RFC 6749 section 2.3.1). Default: null, none.
    /// </summary>
    public string? ClientSecret { get; init; }

    /// <summary>
    /// Gets the SPIFFE id, <c>spiffe://trust-domain/path</c>, for client authentication by a JWT-SVID
    /// (draft-ietf-oauth-spiffe-client-auth-02, <c>client_assertion_type</c> jwt-spiffe). <see cref="Jwks"/> then has the keys of the trust domain; if it is
    /// null, the keys are those of the <see cref="TrustedIssuer"/> with the name <c>spiffe://trust-domain</c>. Default: null, none.
    /// </summary>
    public string? SpiffeId { get; init; }

    /// <summary>
    /// Gets the thumbprint of its client certificate for mutual TLS, <c>x5t#S256</c>: the SHA-256 of its DER in base64url (RFC 8705 section 2.2).
    /// The server needs <see cref="StrictAuthorizationServerOptions.MutualTls"/>. Default: null, none.
    /// </summary>
    public string? CertificateThumbprint { get; init; }

    /// <summary>
    /// Gets the authentication methods that it may use, by their names in the metadata: <c>private_key_jwt</c>, <c>client_secret_basic</c>,
    /// <c>client_secret_post</c>, <c>spiffe_jwt</c>, <c>self_signed_tls_client_auth</c>, <c>tls_client_auth</c> (also with the
    /// registered certificate, because the server does not validate chains), <c>none</c>. Default: those that it has credentials for, except
    /// tls_client_auth.
    /// </summary>
    public IReadOnlyList<string>? AllowedAuthenticationMethods { get; init; }

    /// <summary>The authentication methods that it may use.</summary>
    internal IReadOnlyList<string> AuthenticationMethods => field ??= Clients.ClientMethods.FindAllowed(this);

    /// <summary>Gets the grant types that the client may use, as in <c>grant_type</c>. Default: all.</summary>
    public IReadOnlyList<string>? AllowedGrantTypes { get; init; }

    /// <summary>Gets the scope values that the client may request. Default: all.</summary>
    public IReadOnlyList<string>? AllowedScopes { get; init; }

    /// <summary>Gets the subjects that its grant assertions may have. Default: all except the ids of other registered clients.</summary>
    public IReadOnlyList<string>? AllowedSubjects { get; init; }

    /// <summary>
    /// Gets the authorization servers that the client may request an ID-JAG for
    /// (draft-ietf-oauth-identity-assertion-authz-grant): the issuer of each, as in <c>audience</c>, with the <c>client_id</c> of the client there. Default:
    /// null, none.
    /// </summary>
    public IReadOnlyDictionary<string, string>? IdJagAudiences { get; init; }

    /// <summary>Gets the rules that its JWTs may break. Default: none.</summary>
    public Leniency Leniency { get; init; } = new();

    /// <summary>
    /// Gets whether its tokens must be bound to a DPoP key: a token request without a proof is rejected (RFC 9449 section 5.2,
    /// <c>dpop_bound_access_tokens</c>). Default: false. A proof is always validated and binds the token.
    /// </summary>
    public bool RequireDPoP { get; init; }

    /// <summary>
    /// Gets whether jwt-bearer and saml2-bearer grants require client authentication. Default: false (RFC 7523 and RFC 7522 section 3.1 make it optional).
    /// </summary>
    public bool RequireClientAuthentication { get; init; }
}
