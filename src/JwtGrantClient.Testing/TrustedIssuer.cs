namespace JwtGrantClient.Testing;

/// <summary>An issuer that is not a client and may sign grant assertions, such as an identity provider (RFC 7523 section 3 item 1).</summary>
public sealed class TrustedIssuer
{
    /// <summary>Gets the <c>iss</c> claim, which is compared byte for byte.</summary>
    public required string Issuer { get; init; }

    /// <summary>Gets the public key as PEM. Set either this or <see cref="Jwks"/>. Default: null.</summary>
    public string? PublicKeyPem { get; init; }

    /// <summary>Gets the public keys as a JWK Set. Set either this or <see cref="PublicKeyPem"/>. Default: null.</summary>
    public string? Jwks { get; init; }

    /// <summary>Gets the subjects that it may assert. Default: null, any.</summary>
    public IReadOnlyList<string>? AllowedSubjects { get; init; }

    /// <summary>
    /// Gets whether its grant assertions must be ID-JAGs (draft-ietf-oauth-identity-assertion-authz-grant), so that one without that <c>typ</c> is rejected.
    /// Default: false, which accepts other JWTs too. The rules of ID-JAGs apply to each JWT with their <c>typ</c>.
    /// </summary>
    public bool RequireIdJag { get; init; }

    /// <summary>Gets the rules that its JWTs may break. Default: none.</summary>
    public Leniency Leniency { get; init; } = new();
}
