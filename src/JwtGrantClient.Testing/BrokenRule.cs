namespace JwtGrantClient.Testing;

/// <summary>A rule that a request broke.</summary>
/// <param name="Rule">The id of the rule. The remarks of <see cref="StrictAuthorizationServer"/> list the ids.</param>
/// <param name="Clause">The clause that defines the rule.</param>
/// <param name="Explanation">What was received, what was expected, and what to do.</param>
public sealed record BrokenRule(string Rule, string Clause, string Explanation);
