namespace JwtGrantClient.Protocol;

/// <summary>The values of <c>client_assertion_type</c>.</summary>
internal static class AssertionTypes
{
    /// <summary>The type of a JWT (RFC 7523 section 2.2).</summary>
    public const string Jwt = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

    /// <summary>The type of a JWT-SVID (draft-ietf-oauth-spiffe-client-auth).</summary>
    public const string Spiffe = "urn:ietf:params:oauth:client-assertion-type:jwt-spiffe";
}

/// <summary>The values of the <c>typ</c> header parameter of an assertion.</summary>
internal static class JwtTypes
{
    /// <summary>The type of an assertion for client authentication (RFC 10070).</summary>
    public const string ClientAuthentication = "client-authentication+jwt";

    /// <summary>The type of an assertion for a grant (RFC 7519 section 5.1).</summary>
    public const string Jwt = "JWT";
}
