namespace JwtGrantClient.Testing;

/// <summary>Why the server refused a request: what it answers, and what it tells the developer.</summary>
/// <param name="Error">The OAuth error code (RFC 6749 section 5.2).</param>
/// <param name="Status">The HTTP status.</param>
/// <param name="Rule">
/// The rule that was broken, by the number under which the class documentation of <see cref="StrictAuthorizationServer"/> lists it.
/// </param>
/// <param name="Clause">Where the rule stands.</param>
/// <param name="Explanation">What was seen, what was expected, and what to do.</param>
public sealed record Refusal(string Error, int Status, string Rule, string Clause, string Explanation);
