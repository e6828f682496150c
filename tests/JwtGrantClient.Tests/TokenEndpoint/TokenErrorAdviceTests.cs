using System.Globalization;
using JwtGrantClient.Tests.TestSupport;
using JwtGrantClient.TokenEndpoint;

namespace JwtGrantClient.Tests.TokenEndpoint;

/// <summary>The first line of an error message names the likely fix.</summary>
public sealed class TokenErrorAdviceTests
{
    [Theory]
    [InlineData("invalid_grant", "audience mismatch", "Set the assertion's Audience")]
    [InlineData("invalid_client", "wrong 'aud' claim", "Set the assertion's Audience")]
    [InlineData("invalid_client", "unknown kid", "Check SigningKey:KeyId")]
    [InlineData("invalid_grant", "No key found", "Check SigningKey:KeyId")]
    [InlineData("invalid_client", "alg not allowed", "Set SigningKey:Algorithm")]
    [InlineData("invalid_grant", "assertion expired", "lower the assertion's Lifetime")]
    [InlineData("invalid_grant", "Code not valid", "Start again with the sign-in")]
    [InlineData("invalid_grant", "The authorization code has expired.", "Start again with the sign-in")]
    [InlineData("use_dpop_nonce", null, "set DPoP:Enabled")]
    [InlineData("invalid_dpop_proof", null, "Set DPoP:Enabled")]
    [InlineData("invalid_grant", null, "Check its issuer, subject, audience and key")]
    [InlineData("invalid_client", "audit trail monkeys", "Check ClientId and the credential that is registered for it: the secret, the certificate, or the public key")]
    [InlineData("unauthorized_client", null, "Allow it in the client's registration")]
    [InlineData("unsupported_grant_type", null, "Choose another Grant")]
    [InlineData("invalid_scope", null, "Check Scope")]
    [InlineData("invalid_target", null, "does not know the Resource (RFC 8707)")]
    [InlineData("consent_required", null, "A user must consent first")]
    [InlineData("interaction_required", null, "A user must consent first")]
    [InlineData("something_else", "audience", "See the server's documentation")]
    public void The_advice_depends_on_the_error_and_its_description(string error, string? description, string advice)
    {
        var words = description is null ? "" : $$""","error_description":"{{description}}" """;

        Assert.Contains(advice, Answer.ReadError(400, $$"""{"error":"{{error}}"{{words}}}""").FirstLine(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(-90, "clock is 90 s ahead of the server's Date")]
    [InlineData(90, "clock is 90 s behind the server's Date")]
    public void A_wrong_clock_is_reported_first_with_its_offset(int dateOffset, string advice)
    {
        var date = TestData.Moment.AddSeconds(dateOffset).ToString("R", CultureInfo.InvariantCulture);

        var error = Answer.ReadError(400, """{"error":"invalid_grant","error_description":"audience"}""", ("Date", date));

        Assert.Contains(advice, error.FirstLine(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Mon, 23 Nov 2026 09:00:05 GMT", "invalid_grant")]
    [InlineData("Mon, 23 Nov 2026 08:59:55 GMT", "invalid_grant")]
    [InlineData("yesterday", "invalid_grant")]
    [InlineData("Mon, 23 Nov 2026 10:00:00 GMT", "invalid_scope")]
    public void A_clock_that_is_right_or_irrelevant_is_not_mentioned(string date, string error) => Assert.DoesNotContain(
        "clock", Answer.ReadError(400, $$"""{"error":"{{error}}"}""", ("Date", date)).FirstLine(), StringComparison.Ordinal);

    [Theory]
    [InlineData(0), InlineData(4), InlineData(9)]
    public void A_slow_response_is_not_mistaken_for_a_wrong_clock(int dateOffset)
    {
        using var message = new HttpResponseMessage();
        message.Headers.Date = TestData.Moment.AddSeconds(dateOffset);

        var response = new TokenHttpResponse(400, message.Headers, null, default, TestData.Moment, TestData.Moment.AddSeconds(9))
        {
            MaxRetryAfter = TimeSpan.FromMinutes(5),
        };

        Assert.Equal(TimeSpan.Zero, response.ClockAhead);
    }
}
