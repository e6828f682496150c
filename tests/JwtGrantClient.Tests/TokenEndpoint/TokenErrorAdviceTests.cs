using System.Globalization;
using System.Net;
using JwtGrantClient.Tests.TestSupport;
using JwtGrantClient.TokenEndpoint;
using Microsoft.Extensions.Time.Testing;

namespace JwtGrantClient.Tests.TokenEndpoint;

/// <summary>The first line of an error message names the likely fix.</summary>
public sealed class TokenErrorAdviceTests
{
    [Theory]
    [InlineData("invalid_grant", "audience mismatch", "Set the assertion's Audience")]
    [InlineData("invalid_client", "wrong 'aud' claim", "Set the assertion's Audience")]
    [InlineData("invalid_client", "unknown kid", "Check SigningKey:KeyId")]
    [InlineData("invalid_client", "alg not allowed", "Set SigningKey:Algorithm")]
    [InlineData("invalid_grant", "exp is in the past", "The assertion was expired when it arrived.")]
    [InlineData("invalid_grant", "exp is too late", "lower the assertion's Lifetime")]
    // Names inside of other names and words of the language are no reason for advice.
    [InlineData("invalid_grant", "No key found", "Check its issuer, subject, audience and key")]
    [InlineData("invalid_client", "Expected private_key_jwt, not aud-it or kid_s", "Check ClientId and the credential that is registered for it")]
    [InlineData("invalid_request", "The value of grant_type is not allowed", "Allow it in the client's registration at the server, or choose another Grant.")]
    [InlineData("invalid_request", "unauthorized_client", "Allow it in the client's registration at the server, or choose another Grant.")]
    [InlineData("invalid_request", "no grant of that type", "See the server's documentation")]
    [InlineData("use_dpop_nonce", null, "set DPoP:Enabled")]
    [InlineData("invalid_dpop_proof", null, "Set DPoP:Enabled")]
    [InlineData("invalid_grant", null, "Check its issuer, subject, audience and key")]
    [InlineData("invalid_client", "audit trail monkeys", "Check ClientId and the credential that is registered for it")]
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

    public static TheoryData<string, string, string> SentGrants => new()
    {
        { "jwt-bearer", "invalid_grant", "does not accept the assertion. Check its issuer, subject, audience and key" },
        { "saml2-bearer", "invalid_grant", "does not accept the SAML assertion" },
        { "authorization_code", "invalid_grant", "The authorization code is expired" },
        { "refresh_token", "invalid_grant", "The refresh token is expired" },
        { "token-exchange", "invalid_grant", "does not accept the token to exchange" },
        { "refresh_token", "unauthorized_client", "may not use the grant type 'refresh_token'" },
        { "refresh_token", "unsupported_grant_type", "does not support the grant type 'refresh_token'" },
        { "refresh_token", "invalid_request", "and the client sent the grant type 'refresh_token'" },
    };

    [Theory]
    [MemberData(nameof(SentGrants))]
    public async Task The_advice_is_about_the_grant_that_was_sent(string grant, string error, string advice)
    {
        var token = Jwt.CreateFake(TestData.Moment);
        var sent = grant switch
        {
            "jwt-bearer" => Grant.JwtBearer(token, TokenRequest.Default),
            "saml2-bearer" => Grant.Saml2Bearer("PHg-", TokenRequest.Default),
            "authorization_code" => Grant.AuthorizationCode("code-1"),
            "refresh_token" => Grant.RefreshToken("refresh-1"),
            _ => Grant.TokenExchange(new TypedToken(token, TokenTypes.Jwt)),
        };

        Assert.Contains(advice, (await RejectAsync(sent, error, "The code, the key and the grant_type are unknown")).FirstLine(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false, "does not know the audience (RFC 8693 section 2.2.2), or the client may not request a token for it. Check TokenExchange:Audience and the")]
    [InlineData(true, "does not know the audience or the Resource (RFC 8693 section 2.2.2), or the client may not request a token for it. Check TokenExchange:Audience, Resource and the")]
    public async Task The_advice_is_about_the_audience_that_was_sent(bool hasResource, string advice)
    {
        var target = new TokenRequest
        {
            Parameters = new Dictionary<string, string> { ["audience"] = "inventory" }, Resource = hasResource ? ["https://files.example.com"] : [],
        };

        var error = await RejectAsync(Grant.TokenExchange(new TypedToken("alice", TokenTypes.AccessToken), request: target), "invalid_target", "unknown");

        Assert.Contains(advice, error.FirstLine(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_scope_that_was_sent_as_a_parameter_is_not_one_of_the_assertion()
    {
        var assertion = Jwt.CreateFake("""{"iss":"https://idp.example.com","scope":"read","exp":1}""");

        var error = await RejectAsync(Grant.JwtBearer(assertion, new TokenRequest { Scope = "read" }), "invalid_scope", "unknown");

        Assert.Contains("does not know the scope, or the client may not have it. Check Scope.", error.FirstLine(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(ClientAuthenticationMethod.None, "The client sent no credential.")]
    [InlineData(ClientAuthenticationMethod.ClientSecretBasic, "does not accept the client id or the secret. Check ClientId and whether the secret has expired or was replaced. If the server expects the secret in the form,")]
    [InlineData(ClientAuthenticationMethod.ClientSecretPost, "If the server expects the secret in the Authorization header,")]
    [InlineData(ClientAuthenticationMethod.PrivateKeyJwt, "does not accept the client assertion. Compare iss, sub, aud and kid")]
    [InlineData(ClientAuthenticationMethod.JwtAsClientSecret, "does not accept the JWT that serves as client secret.")]
    [InlineData(ClientAuthenticationMethod.MutualTls, "does not accept the client certificate.")]
    public async Task The_advice_is_about_the_client_authentication_that_was_sent(ClientAuthenticationMethod method, string advice)
    {
        var error = await RejectAsync(Grant.RefreshToken("refresh-1"), "invalid_client", "The key of private_key_jwt is wrong", options =>
        {
            (options.ClientAuthentication, options.Issuer, options.SigningKey.KeyId, options.SigningKey.Algorithm) = (method, TestData.Issuer, TestData.KeyId, "PS256");
            options.ClientSecret = method is ClientAuthenticationMethod.ClientSecretBasic or ClientAuthenticationMethod.ClientSecretPost ? "secret-1" : null;
        });

        Assert.Contains(advice, error.FirstLine(), StringComparison.Ordinal);
        Assert.DoesNotContain("SigningKey", error.FirstLine(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_wrong_clock_is_not_mentioned_if_the_request_has_no_times()
    {
        var error = await RejectAsync(Grant.RefreshToken("refresh-1"), "invalid_grant", "aud and kid", date: TestData.Moment.AddHours(-1));

        Assert.Contains("The refresh token is expired", error.FirstLine(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(400, """{"error":"slow_down"}""", "The server asked to wait 30 s (Retry-After); the next request follows after that.")]
    [InlineData(400, """{"error":"invalid_scope"}""", "Check Scope. The server asked to wait 30 s (Retry-After)")]
    [InlineData(503, "", "The server asked to wait 30 s (Retry-After)")]
    [InlineData(429, "<html>", "The server asked to wait 30 s (Retry-After)")]
    [InlineData(404, "", "There is no token endpoint at this address.")]
    public void A_requested_wait_is_part_of_the_advice(int status, string body, string advice) =>
        Assert.Contains(advice, Answer.ReadError(status, body, ("Retry-After", "30")).FirstLine(), StringComparison.Ordinal);

    [Theory]
    [InlineData(404, "<html>", "There is no token endpoint at this address. Check TokenEndpoint; without it, check Issuer.")]
    [InlineData(405, "", "This address does not accept POST")]
    [InlineData(429, "", "The server limits the number of requests.")]
    [InlineData(403, "<html><body>", "a login page, a proxy or a firewall responded")]
    [InlineData(403, " \n<!DOCTYPE HTML>", "a login page, a proxy or a firewall responded")]
    [InlineData(200, "<!doctype html><html>", "a login page, a proxy or a firewall responded")]
    [InlineData(200, "<xml>", "Check the address of the token endpoint")]
    [InlineData(502, "<htm", "Check for a proxy, a wrong address or a failing server.")]
    public void An_HTTP_error_has_advice_of_its_own(int status, string body, string advice) =>
        Assert.Contains(advice, Answer.ReadError(status, body).FirstLine(), StringComparison.Ordinal);

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

    private static async Task<JwtGrantException> RejectAsync(
        Grant grant, string error, string description, Action<JwtGrantOptions>? configure = null, DateTimeOffset? date = null)
    {
        var endpoint = new FakeTokenEndpoint
        {
            ResponseOverride = _ =>
            {
                var response = new HttpResponseMessage(HttpStatusCode.BadRequest)
                {
                    Content = new StringContent($$"""{"error":"{{error}}","error_description":"{{description}}"}"""),
                };
                response.Headers.Date = date ?? TestData.Moment;
                return response;
            },
        };
        var options = TestClient.Options();
        configure?.Invoke(options);
        await using var client = JwtGrantTokenSource.Create(options, tokenEndpointHandler: endpoint.Handler, timeProvider: new FakeTimeProvider(TestData.Moment));
        return await Assert.ThrowsAsync<JwtGrantException>(() => client.Endpoint.RequestAsync(grant, TestContext.Current.CancellationToken));
    }

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
