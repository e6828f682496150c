using System.Net;
using System.Text;
using JwtGrantClient.Protocol;
using JwtGrantClient.Tests.TestSupport;
using JwtGrantClient.TokenEndpoint;
using Microsoft.Extensions.Time.Testing;

namespace JwtGrantClient.Tests.TokenEndpoint;

/// <summary>The advice about a refused assertion names the settings of that assertion, or the party that issued it.</summary>
public sealed class RefusedAssertionTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("invalid_client", "Invalid audience", "Set ClientAssertion:Audience to the value that the server expects, byte for byte.")]
    [InlineData("invalid_grant", "Invalid audience", "Set Assertion:Audience to the value that the server expects, byte for byte.")]
    [InlineData("invalid_client", "algorithm not allowed", "Set SigningKey:Algorithm to the algorithm that is registered.")]
    [InlineData("invalid_client", "typ is not supported", "Set ClientAssertion:Type to the value that the server expects, which is JWT for most servers.")]
    [InlineData("invalid_client", "jti was seen", "If it was used before, something repeats the request, or the assertion is a token that the server accepts once.")]
    [InlineData("invalid_grant", "exp is too far ahead", "Compare the clocks and lower the assertion's Lifetime.")]
    [InlineData("invalid_client", "The signature is invalid", "Register the public key of the key that signed the assertion (kid and alg below) at the server")]
    [InlineData("invalid_client", "Invalid 'iss'/'sub' claims", "In a client assertion it is ClientId, and so is sub.")]
    [InlineData("invalid_grant", "unknown sub", "it is the Subject of the token request, Assertion:Subject, or else the issuer.")]
    [InlineData("invalid_client", "client_assertion_type is unknown", "Set ClientAssertion:AssertionType to the type that the server expects; for a JWT-SVID of SPIFFE it is urn:ietf:params:oauth:client-assertion-type:jwt-spiffe.")]
    public async Task A_part_that_the_server_names_has_the_setting_of_the_assertion_that_was_refused(string error, string description, string advice) => Assert.Contains(
        advice, (await FailAsync(options => options.ClientAuthentication = ClientAuthenticationMethod.PrivateKeyJwt, error, description)).FirstLine(), StringComparison.Ordinal);

    [Theory]
    [InlineData("Invalid audience", "aud below is that of the token from TokenExchange:SubjectTokenFile: let the party that issues it issue one with the audience that the server expects")]
    [InlineData("The signature is invalid", "the server must have the keys of the party that issues it, which is iss below")]
    [InlineData("jti was seen", "It accepts a token once: the party that issues the token from TokenExchange:SubjectTokenFile must replace it before each request.")]
    [InlineData("The token is expired", "Compare the clocks, and let the party that issues it replace it in time.")]
    [InlineData("The issuer is not trusted", "Compare them with what is registered at the server.")]
    [InlineData("denied", "Compare iss, aud and the parameters of the request with what the server expects.")]
    public async Task For_a_token_from_a_file_the_party_that_issues_it_is_named_and_no_setting_without_effect(string description, string advice)
    {
        var error = await FailAsync(UsePlatformToken, "invalid_grant", description);

        Assert.Contains(advice, error.FirstLine(), StringComparison.Ordinal);
        Assert.DoesNotContain("SigningKey", error.FirstLine(), StringComparison.Ordinal);
        Assert.DoesNotContain("Assertion:", error.FirstLine(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("system:serviceaccount:prod:worker", true)]
    [InlineData("spiffe://example.org/worker", true)]
    [InlineData("repo:example/app:environment:production", true)]
    [InlineData("jane.doe@example.com", false)]
    public async Task Of_the_tokens_of_another_party_only_the_subject_that_names_a_workload_is_shown(string subject, bool isShown)
    {
        var error = await FailAsync(options => UsePlatformToken(options, subject), "invalid_grant", null);

        Assert.Contains($"\nsubject_token: iss 'https://oidc.example.com', sub {(isShown ? $"'{subject}'" : "(not shown)")}, aud 'https://kubernetes.default.svc'", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true, false, true)]
    [InlineData(false, false, false)]
    [InlineData(true, true, false)]
    public async Task A_token_from_a_file_that_was_sent_before_is_mentioned_if_it_has_an_id(bool hasId, bool isReplaced, bool isMentioned)
    {
        var accepted = true;
        var endpoint = new FakeTokenEndpoint { ResponseOverride = _ => accepted ? null : Response("""{"error":"invalid_grant"}""", 400) };
        var options = TestClient.Options();
        UsePlatformToken(options);
        Write("1");
        await using var client = JwtGrantTokenSource.Create(options, tokenEndpointHandler: endpoint.Handler, timeProvider: new FakeTimeProvider(TestData.Moment));
        await client.GetTokenAsync(TokenRequest.Default, TestContext.Current.CancellationToken);
        accepted = false;
        if (isReplaced)
            Write("2");

        var error = await Assert.ThrowsAsync<JwtGrantException>(() => client.GetTokenAsync(new TokenRequest { Scope = "other" }, TestContext.Current.CancellationToken).AsTask());

        Assert.Equal(isMentioned, error.Message.Contains("\nThe token from TokenExchange:SubjectTokenFile was sent 2 times. If the server accepts a token once (jti),", StringComparison.Ordinal));

        void Write(string id) => _folder.Write("platform.jwt", Jwt.CreateFake($$"""{"iss":"https://oidc.example.com","sub":"w",{{(hasId ? $"\"jti\":\"{id}\"," : "")}}"exp":4102444800}"""));
    }

    [Theory]
    [InlineData(null, true)]
    [InlineData("2026-11", false)]
    public async Task A_header_that_does_not_name_the_key_is_mentioned(string? keyId, bool isMentioned)
    {
        var error = await FailAsync(options => options.SigningKey.KeyId = keyId, "invalid_grant", null);

        Assert.Contains("Check its issuer, subject, audience and key against what is registered at the server.", error.FirstLine(), StringComparison.Ordinal);
        Assert.Equal(isMentioned, error.FirstLine().Contains("The assertion has no kid; if the server requires it, set SigningKey:KeyId.", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(300, false)]
    [InlineData(600, true)]
    public async Task A_lifetime_that_many_servers_refuse_is_mentioned(int seconds, bool isMentioned)
    {
        var error = await FailAsync(options => options.Assertion.Lifetime = TimeSpan.FromSeconds(seconds), "invalid_grant", null);

        Assert.Equal(isMentioned, error.FirstLine().Contains(" Many servers accept at most 5 min: lower Assertion:Lifetime.", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("86400", true)]
    [InlineData("worker", false)]
    public async Task A_claim_that_should_be_a_number_is_mentioned(string value, bool isMentioned)
    {
        var error = await FailAsync(options =>
        {
            (options.Grant, options.ClientAuthentication) = (GrantType.ClientCredentials, ClientAuthenticationMethod.PrivateKeyJwt);
            options.ClientAssertion.Claims["token_exp"] = value;
        }, "invalid_client", null);

        Assert.Equal(isMentioned, error.FirstLine().Contains(
            "The claim token_exp is text that looks like a number. If the server expects a number, move it from ClientAssertion:Claims to ClientAssertion:JsonClaims.", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_401_without_client_authentication_mentions_it() => Assert.Contains(
        "If the server authenticates the client, too, set ClientAuthentication.", (await FailAsync(_ => { }, "server_error", "access_denied", status: 401)).FirstLine(), StringComparison.Ordinal);

    [Fact]
    public async Task A_client_assertion_that_is_refused_as_a_grant_is_named()
    {
        var error = await FailAsync(options => (options.Grant, options.ClientAuthentication) = (GrantType.ClientCredentials, ClientAuthenticationMethod.PrivateKeyJwt), "invalid_grant", null);

        Assert.Contains("The server does not accept the client assertion.", error.FirstLine(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(null, "Set ClientAssertion:AssertionType to urn:ietf:params:oauth:client-assertion-type:jwt-spiffe, if the server expects it.")]
    [InlineData("urn:ietf:params:oauth:client-assertion-type:jwt-spiffe", "The token is from ClientAssertion:TokenFile: the party that issues it decides them.")]
    public async Task A_JWT_SVID_with_the_type_of_another_assertion_is_recognized(string? type, string advice)
    {
        var path = _folder.Write("svid.jwt", Jwt.CreateFake("""{"sub":"spiffe://example.org/worker","aud":"https://as.example.com","exp":4102444800}"""));

        var error = await FailAsync(options =>
        {
            (options.Grant, options.ClientAuthentication, options.SigningKey.Text) = (GrantType.ClientCredentials, ClientAuthenticationMethod.PrivateKeyJwt, null);
            (options.ClientAssertion.TokenFile, options.ClientAssertion.AssertionType) = (path, type);
        }, "invalid_client", null);

        Assert.Contains(advice, error.FirstLine(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_request_that_the_server_cannot_process_names_the_settings_of_its_parts() => Assert.Contains(
        "Parameters, Scope and Resource add parameters, Claims and OmittedClaims change the claims, ClientAssertion:Type is typ, and SigningKey:Algorithm is alg.",
        (await FailAsync(_ => { }, "invalid_request", null)).FirstLine(), StringComparison.Ordinal);

    [Theory]
    [InlineData(ScopePlacement.Claim, "Check Scope. If the server expects commas between scopes, set ScopePlacement to CommaSeparatedClaim.", "scope 'restlets' 'rest_webservices', lifetime")]
    [InlineData(ScopePlacement.CommaSeparatedClaim, "Check Scope. If the server expects spaces between scopes, set ScopePlacement to Claim.", "scope 'restlets','rest_webservices', lifetime")]
    [InlineData(ScopePlacement.Parameter, "If the server expects the scope in a claim of the assertion, set ScopePlacement to Claim.", "scope 'restlets' 'rest_webservices'.")]
    public async Task A_refused_scope_is_shown_and_the_other_places_are_named(ScopePlacement placement, string advice, string shown)
    {
        var error = await FailAsync(options =>
        {
            (options.Grant, options.ClientAuthentication) = (GrantType.ClientCredentials, ClientAuthenticationMethod.PrivateKeyJwt);
            (options.Scope, options.ScopePlacement) = ("restlets rest_webservices", placement);
        }, "invalid_scope", null);

        Assert.Contains(advice, error.FirstLine(), StringComparison.Ordinal);
        Assert.Contains(shown, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_401_is_a_refusal_whatever_its_error_is_called()
    {
        var error = await FailAsync(options =>
        {
            (options.ClientAuthentication, options.ClientSecret) = (ClientAuthenticationMethod.ClientSecretPost, "secret-1");
        }, "server_error", "access_denied", status: 401);

        Assert.False(error.IsTransient);
        Assert.Contains(
            "(401 server_error). The status 401 is a refusal, although the error is server_error. The server does not accept the client id or the secret.",
            error.FirstLine(), StringComparison.Ordinal);
        Assert.Contains("Or: The server does not accept the assertion. Check its issuer, subject, audience and key", error.FirstLine(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_error_that_is_the_status_is_written_once()
    {
        var error = await FailAsync(_ => { }, """{"errorHttpCode":"401","errorMessage":"Login failed"}""");

        Assert.StartsWith("The token endpoint rejected the request (401). The server does not accept the assertion.", error.Message, StringComparison.Ordinal);
        Assert.Equal("401", error.Error);
    }

    [Fact]
    public async Task A_SAML_assertion_is_not_described_as_a_broken_JWT()
    {
        var endpoint = new FakeTokenEndpoint { ResponseOverride = _ => Response("""{"errorHttpCode":"401","errorMessage":"Unable to verify the signature of the SAML assertion"}""", 401) };
        await using var client = JwtGrantTokenSource.Create(TestClient.Options(), tokenEndpointHandler: endpoint.Handler);

        var error = await Assert.ThrowsAsync<JwtGrantException>(() => client.Endpoint.RequestAsync(Grant.Saml2Bearer("PHg-", TokenRequest.Default), TestContext.Current.CancellationToken));

        Assert.Contains("does not accept the SAML assertion. Check its issuer, subject, audience, recipient and certificate, and ClientId and Parameters,", error.FirstLine(), StringComparison.Ordinal);
        Assert.Contains("\nassertion: a SAML assertion of 4 characters.", error.Message, StringComparison.Ordinal);
    }

    private void UsePlatformToken(JwtGrantOptions options) => UsePlatformToken(options, "system:serviceaccount:prod:worker");

    private void UsePlatformToken(JwtGrantOptions options, string subject)
    {
        (options.Grant, options.SigningKey.Text) = (GrantType.TokenExchange, null);
        options.TokenExchange.SubjectTokenFile = _folder.Write("platform.jwt", Jwt.CreateFake($$"""{"iss":"https://oidc.example.com","sub":"{{subject}}","aud":"https://kubernetes.default.svc","exp":4102444800}"""));
    }

    private static Task<JwtGrantException> FailAsync(Action<JwtGrantOptions> configure, string error, string? description, int status = 400) =>
        FailAsync(configure, description is null ? $$"""{"error":"{{error}}"}""" : $$"""{"error":"{{error}}","error_description":"{{description}}"}""", status);

    private static async Task<JwtGrantException> FailAsync(Action<JwtGrantOptions> configure, string body, int status = 401)
    {
        var endpoint = new FakeTokenEndpoint { ResponseOverride = _ => Response(body, status) };
        var options = TestClient.Options();
        options.Issuer = TestData.Issuer;
        configure(options);
        await using var client = JwtGrantTokenSource.Create(options, tokenEndpointHandler: endpoint.Handler, timeProvider: new FakeTimeProvider(TestData.Moment));
        return await Assert.ThrowsAsync<JwtGrantException>(() => client.GetTokenAsync(TokenRequest.Default, TestContext.Current.CancellationToken).AsTask());
    }

    private static HttpResponseMessage Response(string body, int status) =>
        new((HttpStatusCode)status) { Content = new StringContent(body, Encoding.UTF8, "application/json") };
}
