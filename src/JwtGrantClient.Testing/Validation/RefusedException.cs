namespace JwtGrantClient.Testing.Validation;

#pragma warning disable CA1064 // Caught by the token endpoint alone; nobody outside sees it.
/// <summary>Carries a refusal up to the endpoint that answers with it.</summary>
internal sealed class RefusedException : Exception
{
    private const int Longest = 600;

    private RefusedException(string error, int status, string rule, string clause, string explanation)
        : base(Presentable(explanation)) => Refusal = new(error, status, rule, clause, Message);

    public Refusal Refusal { get; }

    /// <summary>A request that is malformed as such.</summary>
    public static RefusedException Request(string rule, string clause, string explanation, int status = 400) =>
        new("invalid_request", status, rule, clause, explanation);

    /// <summary>A client that did not prove who it is (S17).</summary>
    public static RefusedException Client(string rule, string clause, string explanation) =>
        new("invalid_client", 401, rule, clause, explanation);

    /// <summary>A grant that is not good (S17).</summary>
    public static RefusedException Grant(string rule, string clause, string explanation) =>
        new("invalid_grant", 400, rule, clause, explanation);

    /// <summary>Any other error.</summary>
    public static RefusedException Other(string error, string rule, string clause, string explanation) =>
        new(error, 400, rule, clause, explanation);

    // It quotes what a stranger sent, and ends on a console: no control characters, and of what is long the beginning (what was seen) and
    // the end (what was expected).
    private static string Presentable(string text)
    {
        var clean = string.Concat(text.Select(c => char.IsControl(c) ? '?' : c));
        return clean.Length <= Longest ? clean : $"{clean[..(Longest / 2)]} ... {clean[^(Longest / 2)..]}";
    }
}
