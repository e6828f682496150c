namespace JwtGrantClient.Testing;

/// <summary>
/// What an assertion is used for. The use decides by which error a bad one is refused (S17; RFC 7523 sections 3.1 and 3.2), and which
/// audience, type and subject are right.
/// </summary>
internal sealed class AssertionUse
{
    public static readonly AssertionUse Grant = new("assertion", "invalid_grant", 400);
    public static readonly AssertionUse ClientAuthentication = new("client_assertion", "invalid_client", 401);

    private readonly string _error;
    private readonly int _status;

    private AssertionUse(string parameter, string error, int status) => (Parameter, _error, _status) = (parameter, error, status);

    /// <summary>The form field that carries it, by which explanations name it.</summary>
    public string Parameter { get; }

    public RefusedException Refuse(string rule, string clause, string explanation) =>
        RefusedException.Of(_error, rule, clause, $"The {Parameter}'s {explanation}", _status);
}
