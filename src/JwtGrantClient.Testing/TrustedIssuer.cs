namespace JwtGrantClient.Testing;

/// <summary>Somebody other than a client who may sign grant assertions: an identity provider (RFC 7523 section 3 item 1).</summary>
public sealed class TrustedIssuer
{
    /// <summary>The <c>iss</c> claim, compared byte for byte.</summary>
    public required string Issuer { get; init; }

    /// <summary>The public key as PEM. This or <see cref="Jwks"/>.</summary>
    public string? PublicKeyPem { get; init; }

    /// <summary>The public keys as a JWK Set. This or <see cref="PublicKeyPem"/>.</summary>
    public string? Jwks { get; init; }

    /// <summary>Subjects that it may assert. Default: any.</summary>
    public IReadOnlyList<string>? AllowedSubjects { get; init; }
}
