namespace JwtGrantClient.TokenEndpoint;

/// <summary>SAML proves nobody's identity as a client here: RFC 10070 forbids it in new applications (C28).</summary>
internal static class SamlClientAssertion
{
    private const string Type = "urn:ietf:params:oauth:client-assertion-type:saml2-bearer";

    /// <summary>What is wrong with a <c>client_assertion_type</c>, or null where nothing is.</summary>
    public static string? Problem(string type) => type == Type
        ? "SAML assertions must not be used for client authentication (RFC 10070, which updates RFC 7522): their audience rules leave " +
            "room for " +
            "use at another server. Use a JWT; as a grant, SAML stays allowed (Grant: Saml2Bearer)."
        : null;
}
