namespace JwtGrantClient.Testing.Saml;

/// <summary>The namespaces and identifiers of SAML and XML Signature.</summary>
internal static class SamlNames
{
    /// <summary>The namespace of assertions (SAML Core section 1.2).</summary>
    public const string Assertion = "urn:oasis:names:tc:SAML:2.0:assertion";

    /// <summary>The bearer confirmation method (SAML Profiles section 3.3).</summary>
    public const string Bearer = "urn:oasis:names:tc:SAML:2.0:cm:bearer";

    /// <summary>The entity identifier format (SAML Core section 8.3.6).</summary>
    public const string EntityFormat = "urn:oasis:names:tc:SAML:2.0:nameid-format:entity";

    /// <summary>The namespace of XML Signature (section 2).</summary>
    public const string Signature = "http://www.w3.org/2000/09/xmldsig#";

    /// <summary>The enveloped signature transform (XML Signature section 6.6.4).</summary>
    public const string Enveloped = Signature + "enveloped-signature";

    /// <summary>Exclusive XML Canonicalization without comments, and the namespace of its parameters.</summary>
    public const string ExclusiveC14N = "http://www.w3.org/2001/10/xml-exc-c14n#";
}
