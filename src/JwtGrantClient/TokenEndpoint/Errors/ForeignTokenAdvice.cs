using JwtGrantClient.Protocol;

namespace JwtGrantClient.TokenEndpoint;

/// <summary>
/// Suggests what to do about a refused token that another party signs, for example one from a file. That party decides its header and its claims, so the settings of
/// signed assertions have no effect.
/// </summary>
internal static class ForeignTokenAdvice
{
    /// <summary>Returns the advice; null if the text names nothing that is known.</summary>
    /// <param name="description">The server's description.</param>
    /// <param name="source">Where the token comes from, such as <c>Assertion:TokenFile</c>.</param>
    public static string? ForText(string description, string source) =>
        AssertionErrorAdvice.Names(description, "aud", "audience") ?
            $"The server's text is about the audience. aud below is that of the token from {source}: let the party that issues it issue one with the audience that the server expects, byte for byte."
        : AssertionErrorAdvice.Names(description, "kid", "alg", "algorithm", "signature") ?
            $"The server's text is about the signature. The token is from {source}: the server must have the keys of the party that issues it, which is iss below, and accept its algorithm."
        : AssertionErrorAdvice.Names(description, "jti") ?
            $"The server's text is about jti. It accepts a token once: the party that issues the token from {source} must replace it before each request."
        : AssertionErrorAdvice.Names(description, "exp", "iat", "nbf", "expired") ?
            $"The server's text is about the times of the token from {source}. Compare the clocks, and let the party that issues it replace it in time."
        : AssertionErrorAdvice.Names(description, "iss", "issuer", "sub", "subject") ?
            $"The server's text is about the issuer or the subject of the token from {source}, which are iss and sub. Compare them with what is registered at the server."
        : null;

    /// <summary>Returns the advice for a JWT-SVID of SPIFFE that was sent with the type of another assertion; otherwise null.</summary>
    public static string? ForType(SentAssertion assertion, string? type) =>
        assertion.Subject?.StartsWith("spiffe:", StringComparison.Ordinal) == true && type != AssertionTypes.Spiffe
            ? $"The client assertion is a JWT-SVID of SPIFFE, and its client_assertion_type is not. Set ClientAssertion:AssertionType to {AssertionTypes.Spiffe}, if the server expects it."
            : null;
}
