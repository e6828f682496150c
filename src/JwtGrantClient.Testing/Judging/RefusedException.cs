namespace JwtGrantClient.Testing.Judging;

#pragma warning disable CA1064 // Caught by the token endpoint alone; nobody outside sees it.
/// <summary>Carries a refusal up to the endpoint that answers with it.</summary>
internal sealed class RefusedException(Refusal refusal) : Exception(refusal.Explanation)
{
    public Refusal Refusal => refusal;

    /// <summary>A request that is malformed as such.</summary>
    public static RefusedException Request(string rule, string clause, string explanation) => new(new("invalid_request", 400, rule, clause, explanation));

    /// <summary>A client that did not prove who it is (S17).</summary>
    public static RefusedException Client(string rule, string clause, string explanation) => new(new("invalid_client", 401, rule, clause, explanation));

    /// <summary>A grant that is not good (S17).</summary>
    public static RefusedException Grant(string rule, string clause, string explanation) => new(new("invalid_grant", 400, rule, clause, explanation));

    /// <summary>Any other error.</summary>
    public static RefusedException Other(string error, string rule, string clause, string explanation) => new(new(error, 400, rule, clause, explanation));
}
