namespace JwtGrantClient.Testing;

/// <summary>Somebody other than a client who may sign the assertion of a jwt-bearer grant (RFC 7523 section 3 item 1).</summary>
public sealed class TrustedIssuer
{
    /// <summary>The <c>iss</c> of its assertions, compared character by character.</summary>
    public required string Issuer { get; init; }

    /// <summary>A public key or a certificate in PEM.</summary>
    public string? PublicKeyPem { get; init; }

    /// <summary>The <c>kid</c> of the key in <see cref="PublicKeyPem"/>. Default: its RFC 7638 thumbprint.</summary>
    public string? KeyId { get; init; }

    /// <summary>A JWK Set, or one JWK, of public keys as JSON.</summary>
    public string? Jwks { get; init; }

    /// <summary>The only algorithm that its JWTs may name. Default, and the only one that this version verifies: RS256.</summary>
    public string SigningAlgorithm { get; init; } = "RS256";

    /// <summary>Whom it may speak for. Default: null, anybody.</summary>
    public IReadOnlyList<string>? AllowedSubjects { get; init; }

    /// <summary>The scopes that its assertions may yield. Default: null, all that the server supports.</summary>
    public IReadOnlyList<string>? AllowedScopes { get; init; }

    /// <summary>The client that alone may present its assertions, authenticated if it is a confidential one. Default: null, anybody.</summary>
    public string? AllowedClient { get; init; }
}
