using System.Diagnostics;
using System.Runtime.Serialization;
using System.Text.Json.Serialization;

namespace JwtGrantClient;

/// <summary>The options of the SAML 2.0 bearer assertions that the library creates (RFC 7522 section 3).</summary>
public sealed class SamlAssertionOptions
{
    /// <summary>
    /// Gets or sets the <c>Issuer</c>: the name under which the certificate is registered at the server (RFC 7522 section 3 item 1). Required.
    /// Default: null.
    /// </summary>
    public string? Issuer { get; set; }

    /// <summary>
    /// Gets or sets the <c>NameID</c> of the subject: the user or client that the token is requested for (RFC 7522 section 3 item 3).
    /// <see cref="TokenRequest.Subject"/> overrides it. Default: null, which requires a subject in each token request.
    /// </summary>
    public string? Subject { get; set; }

    /// <summary>
    /// Gets or sets the <c>Format</c> of the <c>NameID</c>, a URI (SAML Core section 8.3). Default:
    /// <c>urn:oasis:names:tc:SAML:1.1:nameid-format:unspecified</c>, which SAP reads as its own user id. For email addresses, use
    /// <c>urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress</c>.
    /// </summary>
    public string NameIdFormat { get; set; } = "urn:oasis:names:tc:SAML:1.1:nameid-format:unspecified";

    /// <summary>
    /// Gets or sets the <c>Audience</c>, which is sent unchanged (RFC 7522 section 3 item 2). Some servers expect an entity id here, for example
    /// SAP. Default: null, which means the client's Issuer, or its token endpoint if it has no Issuer.
    /// </summary>
    public string? Audience { get; set; }

    /// <summary>
    /// Gets or sets the <c>Recipient</c>, which is sent unchanged (RFC 7522 section 3 item 5). Default: null, which means the token endpoint that
    /// the assertion is sent to.
    /// </summary>
    public string? Recipient { get; set; }

    /// <summary>
    /// Gets or sets the time from <c>IssueInstant</c> to <c>NotOnOrAfter</c>: whole seconds, 1 s to 15 min. Default: 2 min.
    /// </summary>
    public TimeSpan Lifetime { get; set; } = TimeSpan.FromMinutes(2);

    /// <summary>
    /// Gets or sets the <c>AuthnContextClassRef</c> of the <c>AuthnStatement</c>, a URI. Null omits the statement, for a client that acts for
    /// itself (RFC 7522 section 3 item 7). Default: <c>urn:oasis:names:tc:SAML:2.0:ac:classes:unspecified</c>.
    /// </summary>
    public string? AuthnContext { get; set; } = "urn:oasis:names:tc:SAML:2.0:ac:classes:unspecified";

    /// <summary>
    /// Gets or sets the attributes, each with its values. A claim in <see cref="TokenRequest.Claims"/> overrides the attribute with the same
    /// name. Without attributes, the assertion has no <c>AttributeStatement</c>. Default: empty.
    /// </summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWriting), IgnoreDataMember, DebuggerBrowsable(DebuggerBrowsableState.Never)]
    public IDictionary<string, string[]> Attributes { get; set; } = new Dictionary<string, string[]>(StringComparer.Ordinal);

    /// <summary>
    /// Gets or sets whether the <c>KeyInfo</c> of the signature contains the certificate. A server that already has the certificate does not
    /// require it. Default: true.
    /// </summary>
    public bool IncludeCertificate { get; set; } = true;
}
