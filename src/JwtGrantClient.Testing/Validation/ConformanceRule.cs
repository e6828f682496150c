namespace JwtGrantClient.Testing.Validation;

/// <summary>One row of the table of rules: a part of a rule, with the clauses that a refusal names for it.</summary>
/// <param name="Id">The id of the rule, as in <see cref="Refusal.Rule"/>.</param>
/// <param name="Rejects">What is rejected.</param>
/// <param name="Clauses">The values of <see cref="Refusal.Clause"/>.</param>
/// <param name="Leniencies">The members of <see cref="Leniency"/> that let it pass.</param>
internal sealed record ConformanceRule(string Id, string Rejects, IReadOnlyList<string> Clauses, params IReadOnlyList<string> Leniencies);
