namespace JwtGrantClient;

/// <summary>What a SAML 2.0 bearer assertion says (RFC 7522 section 3).</summary>
public sealed class SamlAssertionOptions
{
    /// <summary>The <c>Issuer</c>: the name under which the server has the certificate. Required.</summary>
    public string? Issuer { get; set; }

    /// <summary>
    /// The subject's <c>NameID</c>: on whose behalf. A token request's subject goes before it. Default: none, and then every token request
    /// needs one.
    /// </summary>
    public string? Subject { get; set; }

    /// <summary>
    /// The format of the <c>NameID</c>, a URI (SAML Core section 8.3). Default:
    /// <c>urn:oasis:names:tc:SAML:1.1:nameid-format:unspecified</c>, which SAP reads as its own user id; e-mail addresses have
    /// <c>...:1.1:nameid-format:emailAddress</c>.
    /// </summary>
    public string NameIdFormat { get; set; } = "urn:oasis:names:tc:SAML:1.1:nameid-format:unspecified";

    /// <summary>
    /// The <c>Audience</c>, sent byte for byte; SAP has an entity id of its own here. Default: the client's Issuer, else its TokenEndpoint
    /// (RFC 10070).
    /// </summary>
    public string? Audience { get; set; }

    /// <summary>
    /// The <c>Recipient</c>, sent byte for byte. Default: the token endpoint that the assertion is sent to (RFC 7522 section 3 item 5).
    /// </summary>
    public string? Recipient { get; set; }

    /// <summary>From <c>IssueInstant</c> to <c>NotOnOrAfter</c>: whole seconds, 1 s to 15 min. Default: 2 min.</summary>
    public TimeSpan Lifetime { get; set; } = TimeSpan.FromMinutes(2);

    /// <summary>
    /// The <c>AuthnContextClassRef</c> of the AuthnStatement, a URI. Default: <c>urn:oasis:names:tc:SAML:2.0:ac:classes:unspecified</c>.
    /// Null leaves the statement out, for a client that acts by itself (RFC 7522 section 3 item 7).
    /// </summary>
    public string? AuthnContext { get; set; } = "urn:oasis:names:tc:SAML:2.0:ac:classes:unspecified";

    /// <summary>
    /// Attributes, each with its values. The claims of a token request go before those of the same name. Default: none, and then there is
    /// no AttributeStatement.
    /// </summary>
    public IDictionary<string, string[]> Attributes { get; set; } = new Dictionary<string, string[]>(StringComparer.Ordinal);

    /// <summary>
    /// Whether the certificate stands in the signature's KeyInfo. Default: true; servers that know it have no need of it.
    /// </summary>
    public bool IncludeCertificate { get; set; } = true;
}
