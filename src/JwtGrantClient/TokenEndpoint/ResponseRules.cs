namespace JwtGrantClient.TokenEndpoint;

/// <summary>Which tokens a client takes, and what it is lenient about where servers differ from RFC 6749 section 5.1.</summary>
/// <param name="DefaultLifetime">The life of a token whose response has no <c>expires_in</c>.</param>
/// <param name="DefaultType">The type of a token whose response has no <c>token_type</c>; null makes that an error.</param>
internal sealed record ResponseRules(TimeSpan DefaultLifetime, string? DefaultType)
{
    /// <summary>The proof that goes with each token, and makes DPoP the only type that is taken; null takes Bearer only.</summary>
    public ITokenProof? Proof { get; init; }

    /// <summary>Whether a token that is no access token will do (RFC 8693 section 2.2.1).</summary>
    public bool AllowsOtherTokens { get; init; }
}
