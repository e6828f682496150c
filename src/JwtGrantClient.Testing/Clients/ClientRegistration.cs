namespace JwtGrantClient.Testing;

/// <summary>
/// What the server knows of a client. An id and a public key are enough for a jwt-bearer grant without client authentication (RFC 7523
/// section 2.1), for client_credentials with a client assertion (section 2.2), and for both in one request.
/// </summary>
public sealed class ClientRegistration
{
    /// <summary>The <c>client_id</c>: one or more visible ASCII characters and spaces (RFC 6749 appendix A.1).</summary>
    public required string Id { get; init; }

    /// <summary>A public key or a certificate in PEM. Its <c>kid</c> is <see cref="KeyId"/>.</summary>
    public string? PublicKeyPem { get; init; }

    /// <summary>
    /// The <c>kid</c> of the key in <see cref="PublicKeyPem"/>. Default: its RFC 7638 thumbprint. A JWT may leave the kid out while the client
    /// has one usable key; a kid that it names must be this one (rule S07).
    /// </summary>
    public string? KeyId { get; init; }

    /// <summary>A JWK Set, or one JWK, of public keys as JSON. It may stand beside <see cref="PublicKeyPem"/>.</summary>
    public string? Jwks { get; init; }

    /// <summary>The only algorithm that the client's JWTs may name. Default, and the only one that this version verifies: RS256.</summary>
    public string SigningAlgorithm { get; init; } = "RS256";

    /// <summary>
    /// How the client authenticates, of <see cref="TokenEndpointAuthMethods"/>. Default: <c>private_key_jwt</c>. A jwt-bearer grant that the
    /// client signed for itself needs no further authentication either way (RFC 7521 section 4.1).
    /// </summary>
    public string TokenEndpointAuthMethod { get; init; } = TokenEndpointAuthMethods.PrivateKeyJwt;

    /// <summary>Of <see cref="GrantTypes"/>. Default: null, all of them.</summary>
    public IReadOnlyList<string>? AllowedGrants { get; init; }

    /// <summary>The scopes that may be issued to it. Default: null, all that the server supports.</summary>
    public IReadOnlyList<string>? AllowedScopes { get; init; }

    /// <summary>Whom the client may speak for in a jwt-bearer grant that it signs, besides itself. Default: nobody.</summary>
    public IReadOnlyList<string> AllowedSubjects { get; init; } = [];
}
