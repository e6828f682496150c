using JwtGrantClient.Testing.IdentityAssertions;

namespace JwtGrantClient.Testing.Validation;

/// <summary>The use of an assertion, which decides its rules and the error of a refusal (RFC 7523 sections 3.1 and 3.2).</summary>
/// <param name="Name">The name of the assertion in explanations.</param>
/// <param name="Refuse">Creates the refusal from rule, clause and explanation.</param>
/// <param name="Types">The allowed values of <c>typ</c>, in lower case and without <c>application/</c>.</param>
internal sealed record AssertionUse(string Name, Func<string, string, string, RefusedException> Refuse, params IReadOnlyList<string> Types)
{
    public const string ClientAuthenticationType = "client-authentication+jwt";

    public static readonly AssertionUse ClientAuthentication =
        new("client assertion", RefusedException.InvalidClient, "jwt", ClientAuthenticationType);

    public static readonly AssertionUse Grant =
        new("grant assertion", RefusedException.InvalidGrant, "jwt") { AllowsTokenEndpointAudience = true };

    /// <summary>A grant assertion of the type of an ID-JAG. It may be presented again until its <c>exp</c>.</summary>
    public static readonly AssertionUse IdJagGrant = new("ID-JAG", RefusedException.InvalidGrant, IdJag.Type)
    {
        IsSingleUse = false, RequiresId = true, RequiresIssueTime = true, RequiresTrustedIssuer = true,
    };

    /// <summary>The clause of <c>jti</c>: RFC 7523 section 3 item 7 makes it optional, OpenID Connect Core requires it of clients.</summary>
    public string IdClause => IsClientAuthentication ? "OpenID Connect Core section 9"
        : !IsSingleUse ? IdJag.ClaimClause
        : "a rule of this server, which RFC 7523 section 3 item 7 leaves open";

    public bool IsClientAuthentication => ReferenceEquals(this, ClientAuthentication);

    /// <summary>
    /// Whether the audience may contain the token endpoint in addition to, or instead of, the issuer. Otherwise it is only the issuer.
    /// </summary>
    public bool AllowsTokenEndpointAudience { get; init; }

    /// <summary>A further value that the audience may contain; null for none.</summary>
    public string? AdditionalAudience { get; init; }

    /// <summary>The only audience, in place of the issuer; null for the issuer.</summary>
    public string? Audience { get; init; }

    /// <summary>Whether the <c>jti</c> is required and single-use.</summary>
    public bool IsSingleUse { get; init; } = true;

    /// <summary>Whether the <c>jti</c> is required, although it is not single-use.</summary>
    public bool RequiresId { get; init; }

    /// <summary>Whether a JWT without <c>iat</c> is refused.</summary>
    public bool RequiresIssueTime { get; init; }

    /// <summary>Whether a JWT without <c>typ</c> is refused.</summary>
    public bool RequiresType { get; init; }

    /// <summary>Whether only a trusted issuer may sign the assertion. Otherwise a client may sign it too.</summary>
    public bool RequiresTrustedIssuer { get; init; }

    /// <summary>Whether this server may have signed it.</summary>
    public bool AllowsOwnIssuer { get; init; }
}
