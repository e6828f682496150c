namespace JwtGrantClient.Testing;

/// <summary>The values of <c>grant_type</c> that the server knows.</summary>
public static class GrantTypes
{
    /// <summary>An assertion as the grant (RFC 7523 section 2.1).</summary>
    public const string JwtBearer = "urn:ietf:params:oauth:grant-type:jwt-bearer";

    /// <summary>The client acts for itself (RFC 6749 section 4.4).</summary>
    public const string ClientCredentials = "client_credentials";

    /// <summary>A code from <see cref="StrictAuthorizationServer.IssueAuthorizationCode"/> (RFC 6749 section 4.1.3).</summary>
    public const string AuthorizationCode = "authorization_code";

    /// <summary>All of them.</summary>
    public static IReadOnlyList<string> All { get; } = [JwtBearer, ClientCredentials, AuthorizationCode];
}
