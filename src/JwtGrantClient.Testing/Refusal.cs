namespace JwtGrantClient.Testing;

/// <summary>The reason why the server rejected a request, for the client and for the developer.</summary>
/// <param name="Error">The OAuth error code (RFC 6749 section 5.2).</param>
/// <param name="Status">The HTTP status.</param>
/// <param name="Rule">
/// The id of the rule that was broken. The remarks of <see cref="StrictAuthorizationServer"/> list the ids.
/// </param>
/// <param name="Clause">The clause that defines the rule.</param>
/// <param name="Explanation">What was received, what was expected, and what to do.</param>
public sealed record Refusal(string Error, int Status, string Rule, string Clause, string Explanation)
{
    /// <summary>
    /// Gets the other rules that the same JWT breaks, in the order of the checks; empty if there are none. Only the checks that do not depend on what
    /// is broken continue: without a usable header, for example, the signature is not verified.
    /// </summary>
    public IReadOnlyList<BrokenRule> AlsoBroken { get; init; } = [];
}
