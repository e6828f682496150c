namespace JwtGrantClient.Tests.TokenEndpoint;

/// <summary>Which answers may turn out better when asked again (REFRESH: one flight; BEHAVIOURS rows 42 to 47).</summary>
public sealed class TransienceTests
{
    [Theory]
    // RFC 6749 errors come with a JSON body; a bare 4xx is a proxy's or a firewall's.
    [InlineData(400, true), InlineData(401, true), InlineData(403, true), InlineData(404, true), InlineData(408, true), InlineData(409, true)]
    [InlineData(418, true), InlineData(429, true), InlineData(499, true)]
    [InlineData(500, true), InlineData(502, true), InlineData(503, true), InlineData(504, true)]
    [InlineData(501, false), InlineData(505, false), InlineData(507, false), InlineData(596, false)]
    [InlineData(201, false), InlineData(204, false)]
    public void An_answer_without_an_OAuth_error(int status, bool transient) =>
        Assert.Equal(transient, Answer.Refuse(status, "").IsTransient);

    [Theory]
    [InlineData("invalid_client"), InlineData("invalid_grant"), InlineData("unauthorized_client")]
    [InlineData("unsupported_grant_type"), InlineData("invalid_scope")]
    public void A_definite_error_stays_definite_under_any_status(string error)
    {
        foreach (var status in new[] { 200, 400, 401, 408, 429, 500, 503 })
            Assert.False(Answer.Refuse(status, $$"""{"error":"{{error}}"}""").IsTransient, $"{status} {error}");
    }

    [Theory]
    [InlineData(400, "invalid_request", false)]
    [InlineData(400, "invalid_target", false)]
    [InlineData(400, "consent_required", false)]
    [InlineData(400, "something_else", false)]
    [InlineData(403, "something else", false)]
    [InlineData(400, "slow_down", false)]
    [InlineData(400, "server_error", true)]
    [InlineData(400, "internal_failure", true)]
    [InlineData(200, "server_error", true)]
    [InlineData(503, "something_else", true)]
    [InlineData(429, "slow_down", true)]
    [InlineData(501, "something_else", false)]
    public void Another_error_is_judged_by_its_name_and_its_status(int status, string error, bool transient) =>
        Assert.Equal(transient, Answer.Refuse(status, $$"""{"error":"{{error}}"}""").IsTransient);
}
