namespace JwtGrantClient.Testing.Validation;

/// <summary>
/// Collects the rules that a JWT breaks. The first one that no leniency lets pass determines the error of the response.
/// </summary>
internal sealed class BrokenRules(AssertionUse use, Leniency server)
{
    private List<(BrokenRule Rule, string? Leniency)>? _rules;

    /// <summary>The leniency for the client or issuer of the JWT, once it is known.</summary>
    public Leniency Party { get; set; } = Leniency.None;

    /// <summary>Whether no rule is broken so far, except those that a leniency lets pass.</summary>
    public bool IsEmpty => _rules is null || _rules.TrueForAll(broken => LetsPass(broken.Leniency));

    /// <summary>Adds a broken rule.</summary>
    /// <param name="rule">The id of the rule.</param>
    /// <param name="clause">The clause that defines it.</param>
    /// <param name="explanation">What was received, what was expected, and what to do.</param>
    /// <param name="leniency">The member of <see cref="Leniency"/> that lets it pass; null for none.</param>
    public void Add(string rule, string clause, string explanation, string? leniency = null)
    {
        ConformanceRules.CheckDeclared(rule, clause, leniency);
        (_rules ??= []).Add((new(rule, clause, explanation), leniency));
    }

    /// <summary>Adds what a leniency lets pass to the record of the request, and refuses the JWT if it breaks another rule.</summary>
    /// <exception cref="RefusedException">A rule is broken.</exception>
    public void Conclude(RecordedRequest? record)
    {
        if (_rules is null)
            return;
        var refused = new List<BrokenRule>();
        foreach (var (rule, leniency) in _rules)
            if (leniency is null)
                refused.Add(rule);
            else if (!LetsPass(leniency))
                refused.Add(rule with { Explanation = $"{rule.Explanation} Leniency.{leniency} lets it pass." });
            else
                record?.AddLetPass(rule with { Explanation = RefusedException.Sanitize(rule.Explanation) });
        if (refused is [var first, .. var others])
            throw use.Refuse(first.Rule, first.Clause, first.Explanation).With(others);
    }

    private bool LetsPass(string? leniency) => leniency is not null && (server.Allows(leniency) || Party.Allows(leniency));
}
