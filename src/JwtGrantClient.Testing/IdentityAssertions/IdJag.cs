namespace JwtGrantClient.Testing.IdentityAssertions;

/// <summary>The names of the Identity Assertion JWT Authorization Grant (ID-JAG), and the clauses of its rules.</summary>
internal static class IdJag
{
    /// <summary>The <c>typ</c>.</summary>
    public const string Type = "oauth-id-jag+jwt";

    /// <summary>The value of <c>authorization_grant_profiles_supported</c>.</summary>
    public const string GrantProfile = "urn:ietf:params:oauth:grant-profile:id-jag";

    public const string ClaimClause = "draft-ietf-oauth-identity-assertion-authz-grant-03 section 3.1",
        RequestClause = "draft-ietf-oauth-identity-assertion-authz-grant-03 section 4.3",
        GrantClause = "draft-ietf-oauth-identity-assertion-authz-grant-03 section 4.4.1",
        ProofClause = "draft-ietf-oauth-identity-assertion-authz-grant-03 section 8.6.1";
}
