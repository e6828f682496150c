using System.Text;
using JwtGrantClient.Diagnostics;
using JwtGrantClient.Setup;
using JwtGrantClient.Tests.TestSupport;
using Microsoft.Extensions.Time.Testing;

namespace JwtGrantClient.Tests.Assertions;

/// <summary>Settings that adapt the claims and the header of assertions to servers that accept less, or more, than RFC 7523.</summary>
public sealed class ProviderDialectClaimTests
{
    private readonly FakeTokenEndpoint _endpoint = new();
    private readonly FakeTimeProvider _clock = new(TestData.Moment);

    [Theory]
    [InlineData("", "iss aud sub iat exp jti")]
    [InlineData("sub", "iss aud iat exp jti")]
    [InlineData("iss sub", "aud iat exp jti")]
    [InlineData("jti", "iss aud sub iat exp")]
    [InlineData("iss sub aud iat jti", "exp")]
    public async Task Claims_that_are_omitted_are_not_in_the_assertion(string omitted, string expected)
    {
        var jwt = await SignAsync(options => options.Assertion.OmittedClaims = [.. omitted.Split(' ', StringSplitOptions.RemoveEmptyEntries)]);

        Assert.Equal(expected.Split(' '), jwt.Payload.EnumerateObject().Select(claim => claim.Name));
    }

    [Fact]
    public async Task A_subject_of_the_settings_or_of_the_request_is_written_although_the_default_is_omitted()
    {
        var configured = await SignAsync(options => (options.Assertion.OmittedClaims, options.Assertion.Subject) = (["sub"], "user-1"));
        var requested = await SignAsync(options => options.Assertion.OmittedClaims = ["sub"], new() { Subject = "user-2" });

        Assert.Equal(("user-1", "user-2"), (configured["sub"], requested["sub"]));
    }

    [Fact]
    public async Task A_client_without_an_id_can_omit_the_issuer()
    {
        var jwt = await SignAsync(options => (options.ClientId, options.SendClientId, options.Assertion.OmittedClaims) = (null, false, ["iss", "sub"]));

        Assert.Null(jwt["iss"]);
    }

    [Fact]
    public async Task Iat_and_nbf_are_backdated_and_exp_follows_iat_by_the_lifetime()
    {
        var jwt = await SignAsync(options => (options.Assertion.NotBefore, options.Assertion.Backdate, options.Assertion.Lifetime) = (true, TimeSpan.FromSeconds(60), TimeSpan.FromMinutes(10)));

        var now = TestData.Moment.ToUnixTimeSeconds();
        Assert.Equal(
            (now - 60, now - 60, now + 540),
            (jwt.Payload.GetProperty("iat").GetInt64(), jwt.Payload.GetProperty("nbf").GetInt64(), jwt.Payload.GetProperty("exp").GetInt64()));
    }

    [Fact]
    public async Task Header_members_of_the_settings_are_in_each_assertion_and_an_edit_sees_them()
    {
        var jwt = await SignAsync(options => options.Assertion.Header["jku"] = "https://client.example.com/jwks");
        var edited = await SignAsync(
            options => options.Assertion.Header["jku"] = "https://client.example.com/jwks", edit: draft => draft.Header["x"] = draft.Header["jku"]);

        Assert.Equal("""{"alg":"RS256","typ":"JWT","jku":"https://client.example.com/jwks"}""", jwt.Header.GetRawText());
        Assert.Equal("https://client.example.com/jwks", edited.Header.GetProperty("x").GetString());
    }

    [Fact]
    public async Task A_client_assertion_has_claims_header_members_and_omissions_of_its_own()
    {
        var jwt = await SignAsync(options =>
        {
            options.ClientAuthentication = ClientAuthenticationMethod.PrivateKeyJwt;
            options.Issuer = TestData.Issuer;
            options.ClientAssertion.Claims["scope"] = "a,b";
            options.ClientAssertion.Header["jku"] = "https://client.example.com/jwks";
            options.ClientAssertion.OmittedClaims = ["sub"];
            options.ClientAssertion.NotBefore = true;
            options.ClientAssertion.Backdate = TimeSpan.FromSeconds(5);
        }, field: "client_assertion");

        Assert.Equal(["iss", "aud", "scope", "iat", "nbf", "exp", "jti"], jwt.Payload.EnumerateObject().Select(claim => claim.Name));
        Assert.Equal("https://client.example.com/jwks", jwt.Header.GetProperty("jku").GetString());
        Assert.Equal(TestData.Moment.ToUnixTimeSeconds() - 5, jwt.Payload.GetProperty("iat").GetInt64());
    }

    [Theory]
    [InlineData("86400", "86400")]
    [InlineData(" 1.5 ", "1.5")]
    [InlineData("true", "true")]
    // The JSON provider of the configuration writes a boolean so.
    [InlineData("False", "false")]
    [InlineData("""[{ "type": "a" }]""", """[{"type":"a"}]""")]
    public async Task A_claim_that_is_configured_as_JSON_keeps_its_type(string text, string expected)
    {
        var grant = await SignAsync(options => options.Assertion.JsonClaims["level"] = text);
        var client = await SignAsync(options =>
        {
            (options.ClientAuthentication, options.Issuer) = (ClientAuthenticationMethod.PrivateKeyJwt, TestData.Issuer);
            options.ClientAssertion.JsonClaims["token_exp"] = text;
        }, field: "client_assertion");

        Assert.Equal(expected, grant.Payload.GetProperty("level").GetRawText());
        Assert.Equal(expected, client.Payload.GetProperty("token_exp").GetRawText());
    }

    [Theory]
    [InlineData("level", "soon", "Assertion:JsonClaims:level is not JSON; expected the text of one value, such as 2592000, true or { \"type\": \"a\" }. A claim that is text belongs into Assertion:Claims.")]
    [InlineData("level", """{ "a": 1, "a": 2 }""", "Assertion:JsonClaims:level is not JSON; expected the text of one value, such as 2592000, true or { \"type\": \"a\" }. A claim that is text belongs into Assertion:Claims.")]
    [InlineData("exp", "1", "Assertion:JsonClaims: 'exp' is written by the library; use its own setting instead.")]
    [InlineData("tenant", "1", "Assertion:JsonClaims and Assertion:Claims both have tenant. Remove one of them.")]
    public void A_JSON_claim_that_cannot_be_written_is_a_problem(string name, string text, string problem) => Assert.Equal([problem], Problems(options =>
    {
        options.Assertion.Claims["tenant"] = "t1";
        options.Assertion.JsonClaims[name] = text;
    }));

    [Theory]
    [InlineData(ScopePlacement.Claim, "a b"), InlineData(ScopePlacement.CommaSeparatedClaim, "a,b")]
    public async Task The_scope_is_a_claim_of_the_grant_assertion_and_no_parameter(ScopePlacement placement, string expected)
    {
        var jwt = await SignAsync(options => (options.Scope, options.ScopePlacement) = ("a b", placement));

        Assert.Equal((expected, null), (jwt["scope"], _endpoint.Forms[^1]["scope"]));
    }

    [Fact]
    public async Task The_scope_of_a_token_request_replaces_the_claim()
    {
        var jwt = await SignAsync(options => (options.Scope, options.ScopePlacement) = ("a b", ScopePlacement.Claim), new() { Scope = "c", Subject = "user-1" });

        Assert.Equal(("c", "user-1", null), (jwt["scope"], jwt["sub"], _endpoint.Forms[^1]["scope"]));
    }

    [Fact]
    public async Task The_scope_is_a_claim_of_the_client_assertion_if_the_grant_has_none()
    {
        var jwt = await SignAsync(UseClientCredentials, field: "client_assertion");

        Assert.Equal(("a,b", null), (jwt["scope"], _endpoint.Forms[^1]["scope"]));
    }

    [Fact]
    public async Task Another_scope_than_that_of_the_client_assertion_is_an_error()
    {
        var error = await Assert.ThrowsAsync<JwtGrantException>(() => SignAsync(UseClientCredentials, new() { Scope = "c" }));

        Assert.Equal("scope_not_per_request", error.Code);
        Assert.Contains("The token request has the scope 'c', but the scope is a claim of the client assertion", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_self_signed_token_has_the_scope_as_a_claim()
    {
        await using var tokens = JwtGrantTokenSource.Create(
            new()
            {
                Grant = GrantType.SelfSigned, ClientId = TestData.ClientId, Scope = "a", ScopePlacement = ScopePlacement.Claim, Assertion = { OmittedClaims = ["aud"] },
                SigningKey = { Text = TestData.RsaPrivatePem },
            },
            timeProvider: _clock);

        var configured = Jwt.Parse((await tokens.GetTokenAsync(TestContext.Current.CancellationToken)).Value);
        var requested = Jwt.Parse((await tokens.GetTokenAsync(new TokenRequest { Scope = "b" }, TestContext.Current.CancellationToken)).Value);

        Assert.Equal(("a", null, "b"), (configured["scope"], configured["aud"], requested["scope"]));
    }

    [Fact]
    public async Task The_client_email_of_a_service_account_file_is_the_issuer()
    {
        var jwt = await SignAsync(options =>
        {
            (options.ClientId, options.SendClientId) = (null, false);
            options.SigningKey.Text = System.Text.Json.JsonSerializer.Serialize(new { type = "service_account", private_key = TestData.RsaPrivatePem, client_email = "batch@project.example" });
        });

        Assert.Equal(("batch@project.example", "batch@project.example"), (jwt["iss"], jwt["sub"]));
    }

    [Theory]
    [InlineData("Assertion:OmittedClaims contains exp, which each assertion has (RFC 7523 section 3 item 4).", "exp")]
    [InlineData("Assertion:OmittedClaims contains 'nbf'; expected iss, sub, aud, iat or jti.", "nbf")]
    public void A_claim_that_cannot_be_omitted_is_a_problem(string problem, string claim) =>
        Assert.Contains(problem, Problems(options => options.Assertion.OmittedClaims = [claim]));

    [Theory]
    [InlineData("00:05:01", null, "Assertion:Backdate is 00:05:01; expected 00:00:00 to 00:05:00, in whole seconds.")]
    [InlineData("00:00:00.5", null, "Assertion:Backdate is 00:00:00.5000000; expected 00:00:00 to 00:05:00, in whole seconds.")]
    [InlineData("00:01:00", "00:01:00", "Assertion:Backdate is 00:01:00, and Assertion:Lifetime is 00:01:00, so that the assertion would be expired when it is sent. Set a longer lifetime, or a shorter Backdate.")]
    public void A_Backdate_out_of_range_is_a_problem(string backdate, string? lifetime, string problem) => Assert.Contains(problem, Problems(options =>
    {
        options.Assertion.Backdate = TimeSpan.Parse(backdate, null);
        options.Assertion.Lifetime = lifetime is null ? null : TimeSpan.Parse(lifetime, null);
    }));

    [Fact]
    public void A_header_member_that_the_library_writes_is_a_problem() =>
        Assert.Contains(Problems(options => options.Assertion.Header["alg"] = "none"), problem => problem.StartsWith("Assertion:Header has the parameter 'alg'", StringComparison.Ordinal));

    [Fact]
    public void A_scope_in_a_claim_without_an_assertion_of_the_library_is_a_problem()
    {
        Assert.Contains(
            "ScopePlacement is Claim, but another party signs the grant assertion. Set ScopePlacement to Parameter.",
            Problems(options => (options.ScopePlacement, options.Assertion.TokenFile) = (ScopePlacement.Claim, "grant.jwt")));
        Assert.Contains(
            "ScopePlacement is Claim, but the client signs no assertion that could have the scope. Set ScopePlacement to Parameter.",
            Problems(options => (options.ScopePlacement, options.Grant, options.ClientAuthentication, options.ClientSecret) =
                (ScopePlacement.Claim, GrantType.ClientCredentials, ClientAuthenticationMethod.ClientSecretPost, "s")));
        Assert.Contains(
            "Scope is set, and the claims of the assertion have a scope, too. Remove the claim.",
            Problems(options =>
            {
                (options.Scope, options.ScopePlacement) = ("a", ScopePlacement.Claim);
                options.Assertion.Claims["scope"] = "b";
            }));
    }

    [Theory]
    [InlineData("")]
    // It would be sent as no header at all.
    [InlineData("  ")]
    [InlineData("agént")]
    public void A_User_Agent_that_is_no_header_is_a_problem(string userAgent) => Assert.Contains(
        Problems(options => options.UserAgent = userAgent), problem => problem.StartsWith("UserAgent is empty, longer than 256 characters,", StringComparison.Ordinal));

    [Theory]
    [InlineData("agent/1.0 (Linux)", "agent/1.0 (Linux)"), InlineData(null, "JwtGrantClient")]
    public async Task Each_request_has_the_User_Agent_of_the_settings(string? configured, string expected)
    {
        var sent = "";
        using var handler = new StubHandler((request, _) =>
        {
            sent = request.Headers.UserAgent.ToString();
            return Task.FromResult(new HttpResponseMessage { Content = new StringContent(Reply.TokenJson, Encoding.UTF8, "application/json") });
        });
        var options = TestClient.Options();
        options.UserAgent = configured ?? options.UserAgent;
        await using var tokens = JwtGrantTokenSource.Create(options, tokenEndpointHandler: handler);

        await tokens.GetTokenAsync(TestContext.Current.CancellationToken);

        Assert.Equal(expected, sent);
    }

    private static void UseClientCredentials(JwtGrantOptions options)
    {
        (options.Grant, options.ClientAuthentication, options.Issuer) = (GrantType.ClientCredentials, ClientAuthenticationMethod.PrivateKeyJwt, TestData.Issuer);
        (options.Scope, options.ScopePlacement) = ("a b", ScopePlacement.CommaSeparatedClaim);
    }

    private static List<string> Problems(Action<JwtGrantOptions> configure)
    {
        var options = TestClient.Options();
        configure(options);
        return [.. OptionsChecks.Find(options, new ClientDependencies())];
    }

    private async Task<Jwt> SignAsync(Action<JwtGrantOptions> configure, TokenRequest? request = null, string field = "assertion", Action<AssertionDraft>? edit = null)
    {
        var options = TestClient.Options();
        configure(options);
        var dependencies = new ClientDependencies { Time = _clock, EditAssertion = edit };
        dependencies.TokenEndpointHandler.Use(_endpoint.Handler);
        Assert.Empty(OptionsChecks.Find(options, dependencies));
        using var metrics = TokenMetrics.Create(factory: null);
        using var client = ClientComposition.Compose("reports", options, dependencies, metrics);
        await client.Tokens.GetTokenAsync(request ?? TokenRequest.Default, TestContext.Current.CancellationToken);
        return Jwt.Parse(_endpoint.Forms[^1][field]!);
    }
}
