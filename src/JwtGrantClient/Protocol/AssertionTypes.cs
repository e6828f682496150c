namespace JwtGrantClient.Protocol;

/// <summary>Values of <c>client_assertion_type</c>.</summary>
internal static class AssertionTypes
{
    /// <summary>RFC 7523 section 2.2.</summary>
    public const string Jwt = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
}

/// <summary>Values of the <c>typ</c> header.</summary>
internal static class JwtTypes
{
    /// <summary>RFC 10070; for client authentication only.</summary>
    public const string ClientAuthentication = "client-authentication+jwt";

    /// <summary>RFC 7519 section 5.1; for grants.</summary>
    public const string Jwt = "JWT";
}
