namespace JwtGrantClient;

/// <summary>Where the scope of a token request is.</summary>
public enum ScopePlacement
{
    /// <summary>In the parameter <c>scope</c> (RFC 6749 section 3.3).</summary>
    Parameter,

    /// <summary>
    /// In the claim <c>scope</c> of the assertion that the library signs: the grant assertion, or the client assertion if the grant has none.
    /// </summary>
    Claim,

    /// <summary>As <see cref="Claim"/>, with commas between the values.</summary>
    CommaSeparatedClaim,
}
