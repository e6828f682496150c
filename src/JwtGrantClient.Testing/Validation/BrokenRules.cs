namespace JwtGrantClient.Testing.Validation;

/// <summary>Collects the rules that a JWT breaks. The first one determines the error of the response.</summary>
internal sealed class BrokenRules(AssertionUse use)
{
    private List<BrokenRule>? _rules;

    public void Add(string rule, string clause, string explanation) => (_rules ??= []).Add(new(rule, clause, explanation));

    /// <exception cref="RefusedException">A rule is broken.</exception>
    public void ThrowIfAny()
    {
        if (_rules is not [var first, .. var others])
            return;
        throw use.Refuse(first.Rule, first.Clause, first.Explanation).With(others);
    }

    /// <summary>Whether no rule is broken so far.</summary>
    public bool IsEmpty => _rules is null;
}
