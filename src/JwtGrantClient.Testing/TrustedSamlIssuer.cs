namespace JwtGrantClient.Testing;

/// <summary>Somebody who may issue SAML 2.0 bearer assertions as grants (RFC 7522 section 3 item 1).</summary>
public sealed class TrustedSamlIssuer
{
    /// <summary>The assertion's <c>Issuer</c>, compared byte for byte.</summary>
    public required string Issuer { get; init; }

    /// <summary>
    /// The certificate, or the bare public key, as PEM: RSA of at least 2048 bits, or EC. The registration is the trust: the certificate's
    /// dates and chain are not looked at, and a certificate inside an assertion is not looked at either.
    /// </summary>
    public required string CertificatePem { get; init; }

    /// <summary>Subjects (<c>NameID</c>) that it may assert. Default: any.</summary>
    public IReadOnlyList<string>? AllowedSubjects { get; init; }
}
