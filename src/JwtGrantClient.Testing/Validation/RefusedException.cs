namespace JwtGrantClient.Testing.Validation;

#pragma warning disable CA1064 // The endpoints catch it, so no code outside of this assembly sees it.
/// <summary>Reports a refusal to the endpoint, which turns it into an error response.</summary>
internal sealed class RefusedException : Exception
{
    private const int MaxLength = 600;

    private RefusedException(string error, int status, string rule, string clause, string explanation)
        : base(Sanitize(explanation))
    {
        ConformanceRules.CheckDeclared(rule, clause);
        Refusal = new(error, status, rule, clause, Message);
    }

    public Refusal Refusal { get; private init; }

    /// <summary>Creates an invalid_request: the request is malformed.</summary>
    public static RefusedException InvalidRequest(string rule, string clause, string explanation, int status = 400) =>
        new("invalid_request", status, rule, clause, explanation);

    /// <summary>Creates an invalid_client with status 401: the client authentication failed or is missing.</summary>
    public static RefusedException InvalidClient(string rule, string clause, string explanation) =>
        new("invalid_client", 401, rule, clause, explanation);

    /// <summary>Creates an invalid_grant: the assertion, code or token of the grant is not valid.</summary>
    public static RefusedException InvalidGrant(string rule, string clause, string explanation) =>
        new("invalid_grant", 400, rule, clause, explanation);

    /// <summary>Creates a refusal with another error code.</summary>
    public static RefusedException Create(string error, string rule, string clause, string explanation, int status = 400) =>
        new(error, status, rule, clause, explanation);

    /// <summary>Adds the other rules that the same JWT breaks.</summary>
    public RefusedException With(IReadOnlyList<BrokenRule> others) => new(Refusal.Error, Refusal.Status, Refusal.Rule, Refusal.Clause, Message)
    {
        Refusal = Refusal with { AlsoBroken = [.. others.Select(other => other with { Explanation = Sanitize(other.Explanation) })] },
    };

    // The text quotes untrusted input and may be printed on a console, so control characters are replaced. A long text keeps its beginning
    // (what was received) and its end (what was expected).
    internal static string Sanitize(string text)
    {
        var clean = string.Concat(text.Select(c => char.IsControl(c) ? '?' : c));
        return clean.Length <= MaxLength ? clean : $"{clean[..(MaxLength / 2)]} ... {clean[^(MaxLength / 2)..]}";
    }
}
