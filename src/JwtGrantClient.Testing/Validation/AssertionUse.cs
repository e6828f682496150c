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

    /// <summary>The clause of a single-use <c>jti</c>: RFC 7523 section 3 item 7 makes it optional, OpenID Connect Core requires it of clients.</summary>
    public string IdClause => IsClientAuthentication ? "OpenID Connect Core section 9" : "a rule of this server, which RFC 7523 section 3 item 7 leaves open";

    public bool IsClientAuthentication => ReferenceEquals(this, ClientAuthentication);

    /// <summary>
    /// Whether the audience may contain the token endpoint in addition to, or instead of, the issuer. Otherwise it is only the issuer.
    /// </summary>
    public bool AllowsTokenEndpointAudience { get; init; }

    /// <summary>A further value that the audience may contain; null for none.</summary>
    public string? AdditionalAudience { get; init; }

    /// <summary>Whether the <c>jti</c> is required and single-use.</summary>
    public bool IsSingleUse { get; init; } = true;

    /// <summary>Whether a JWT without <c>typ</c> is refused.</summary>
    public bool RequiresType { get; init; }

    /// <summary>Whether only a trusted issuer may sign the assertion. Otherwise a client may sign it too.</summary>
    public bool RequiresTrustedIssuer { get; init; }
}
