namespace JwtGrantClient.Testing;

// Thrown at the rule that is broken and caught by the endpoint that answers: it never leaves the server, so nobody else needs to see it.
#pragma warning disable CA1064
/// <summary>Carries a refusal from the rule that found it to the endpoint that answers it.</summary>
internal sealed class RefusedException(Refusal refusal) : Exception(refusal.Explanation)
#pragma warning restore CA1064
{
    public Refusal Refusal { get; } = refusal;

    /// <summary>For faults of the request itself: 400 <c>invalid_request</c> (RFC 6749 section 5.2).</summary>
    public static RefusedException InvalidRequest(string rule, string clause, string explanation, int status = 400) =>
        Of("invalid_request", rule, clause, explanation, status);

    public static RefusedException Of(string error, string rule, string clause, string explanation, int status = 400) =>
        new(new Refusal(error, status, rule, clause, explanation));
}
