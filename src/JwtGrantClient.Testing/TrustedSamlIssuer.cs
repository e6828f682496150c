namespace JwtGrantClient.Testing;

/// <summary>An issuer of SAML 2.0 bearer assertions that are accepted as grants (RFC 7522 section 3 item 1).</summary>
public sealed class TrustedSamlIssuer
{
    /// <summary>Gets the <c>Issuer</c> of the assertion, which is compared byte for byte.</summary>
    public required string Issuer { get; init; }

    /// <summary>
    /// Gets the certificate or the public key as PEM: RSA of at least 2048 bits, or EC. The key is trusted because it is registered: dates and chain of
    /// the certificate are not checked, and a certificate in an assertion is ignored.
    /// </summary>
    public required string CertificatePem { get; init; }

    /// <summary>Gets the subjects (<c>NameID</c>) that it may assert. Default: null, any.</summary>
    public IReadOnlyList<string>? AllowedSubjects { get; init; }
}
