namespace JwtGrantClient.Testing.Validation;

/// <summary>What an assertion is presented as, and so how its refusal is answered (RFC 7523 sections 3.1 and 3.2).</summary>
/// <param name="Noun">What explanations call it.</param>
/// <param name="Refuse">Makes the refusal from rule, clause and explanation.</param>
/// <param name="Types">The header types that it may have, in lower case and without <c>application/</c>.</param>
internal sealed record AssertionUse(string Noun, Func<string, string, string, RefusedException> Refuse, params IReadOnlyList<string> Types)
{
    public const string ClientAuthenticationType = "client-authentication+jwt";

    public static readonly AssertionUse ClientAuthentication =
        new("client assertion", RefusedException.Client, "jwt", ClientAuthenticationType);

    public static readonly AssertionUse Grant = new("grant assertion", RefusedException.Grant, "jwt") { MayNameTokenEndpoint = true };

    public bool IsClientAuthentication => ReferenceEquals(this, ClientAuthentication);

    /// <summary>Whether its audience may be the token endpoint too, and have both names; else it is the issuer alone.</summary>
    public bool MayNameTokenEndpoint { get; init; }

    /// <summary>A further name that its audience may have; null for none.</summary>
    public string? OtherAudience { get; init; }

    /// <summary>Whether its <c>jti</c> is there, and serves once.</summary>
    public bool IsSingleUse { get; init; } = true;

    /// <summary>Whether only a trusted issuer may have made it; else a client may too.</summary>
    public bool IsOfTrustedIssuer { get; init; }
}
