namespace JwtGrantClient.Tests.TokenEndpoint;

/// <summary>Which error responses are transient, so that a retry may succeed.</summary>
public sealed class TransientErrorTests
{
    [Theory]
    // OAuth errors have a JSON body (RFC 6749 section 5.2); a 4xx without one comes from a proxy or a firewall, except that of a wrong address.
    [InlineData(400, true), InlineData(401, true), InlineData(403, true), InlineData(404, false), InlineData(405, false), InlineData(408, true), InlineData(409, true)]
    [InlineData(418, true), InlineData(429, true), InlineData(499, true)]
    [InlineData(500, true), InlineData(502, true), InlineData(503, true), InlineData(504, true)]
    // Between a proxy of a content delivery network and the server.
    [InlineData(520, true), InlineData(522, true), InlineData(529, true), InlineData(519, false), InlineData(530, false)]
    [InlineData(501, false), InlineData(505, false), InlineData(507, false), InlineData(596, false)]
    [InlineData(201, false), InlineData(204, false)]
    public void A_response_without_an_OAuth_error_is_transient_according_to_its_status(int status, bool transient) =>
        Assert.Equal(transient, Answer.ReadError(status, "").IsTransient);

    [Theory]
    [InlineData("invalid_client"), InlineData("invalid_grant"), InlineData("unauthorized_client")]
    [InlineData("unsupported_grant_type"), InlineData("invalid_scope")]
    public void A_permanent_OAuth_error_is_not_transient_under_any_status(string error)
    {
        foreach (var status in new[] { 200, 400, 401, 408, 429, 500, 503 })
            Assert.False(Answer.ReadError(status, $$"""{"error":"{{error}}"}""").IsTransient, $"{status} {error}");
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
    // ServiceNow refuses clients and assertions so.
    [InlineData(401, "server_error", false)]
    [InlineData(503, "something_else", true)]
    [InlineData(429, "slow_down", true)]
    [InlineData(501, "something_else", false)]
    public void Other_OAuth_errors_are_transient_according_to_their_name_and_status(int status, string error, bool transient) =>
        Assert.Equal(transient, Answer.ReadError(status, $$"""{"error":"{{error}}"}""").IsTransient);
}
