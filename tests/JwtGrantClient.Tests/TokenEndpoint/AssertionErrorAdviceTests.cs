using System.Net;
using System.Text.Json.Nodes;
using JwtGrantClient.Tests.TestSupport;
using Microsoft.Extensions.Time.Testing;

namespace JwtGrantClient.Tests.TokenEndpoint;

/// <summary>The text of a server that refuses an assertion often names what is wrong with it; the advice names the setting.</summary>
public sealed class AssertionErrorAdviceTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("Invalid 'typ' header in client_assertion JWT - must be 'JWT'", "The server's text is about typ. Set ClientAssertion:Type to the value that the server expects")]
    [InlineData("Invalid 'iss'/'sub' claims in client_assertion JWT", "The server's text is about iss. In a client assertion it is ClientId")]
    [InlineData("Missing 'jti' claim in client_assertion JWT", "The server's text is about jti. If it is missing, remove it from OmittedClaims")]
    [InlineData("Invalid 'exp' claim in client_assertion JWT - JWT has expired", "The assertion was expired when it arrived. Synchronize the clock of this machine (NTP)")]
    [InlineData("Invalid 'exp' claim in client_assertion JWT - more than 5 minutes in future", "The server's text is about the assertion's times. Compare the clocks and lower the assertion's Lifetime")]
    [InlineData("Invalid signature in client_assertion JWT", "The server's text is about the signature. Register the public key")]
    [InlineData("You need to register a public key to use this authentication method", "The server's text is about the public key. Register the public key")]
    public async Task The_text_of_a_refused_request_names_the_setting(string text, string advice) =>
        Assert.Contains($"). {advice}", await RejectAsync("invalid_request", text, GrantType.ClientCredentials), StringComparison.Ordinal);

    [Theory]
    [InlineData("public_key error", "You need to register a public key to use this authentication method", "Register the public key")]
    [InlineData("invalid_client", "Request denied: Invalid client assertion signature (Correlation ID: 8E0C5B2B)", "Register the public key")]
    [InlineData("invalid_client", "Token is not active", "The assertion was not valid yet, or no longer valid, when it arrived.")]
    [InlineData("invalid_client", "JWT is not valid", "The server does not accept the client assertion. Compare iss, sub, aud and kid")]
    // Words about something else.
    [InlineData("invalid_client", "The registration of the client has expired, ask its issuer", "The server does not accept the client assertion.")]
    [InlineData("invalid_client", "The signature department is closed to this user", "The server does not accept the client assertion.")]
    public async Task The_text_about_a_client_assertion_names_the_setting(string error, string text, string advice) =>
        Assert.Contains(advice, await RejectAsync(error, text, GrantType.ClientCredentials), StringComparison.Ordinal);

    [Theory]
    [InlineData("JWT issuer is not trusted", "The server's text is about the issuer. It must be one that is registered at the server; for an assertion that the client signs it is Assertion:Issuer, or else ClientId.")]
    [InlineData("No Identity Provider for provided issuer", "The server's text is about the issuer.")]
    [InlineData("User not found", "The server's text is about the subject. It must be one that the server knows; for an assertion that the client signs it is the Subject of the token request, Assertion:Subject, or else the issuer.")]
    [InlineData("Resource owner not found", "The server's text is about the subject.")]
    [InlineData("JWT expiration time is unreasonable", "lower the assertion's Lifetime")]
    [InlineData("Token jti claim is required", "If it is missing, remove it from OmittedClaims")]
    [InlineData("Token was issued in the future", "for a server that tolerates no difference set the assertion's Backdate.")]
    [InlineData("Token has expired", "The assertion was expired when it arrived.")]
    [InlineData("No key found", "The server does not accept the assertion. Check its issuer, subject, audience and key")]
    public async Task The_text_about_a_grant_assertion_names_the_setting(string text, string advice) =>
        Assert.Contains(advice, await RejectAsync("invalid_grant", text, GrantType.JwtBearer), StringComparison.Ordinal);

    [Fact]
    public async Task The_text_about_a_code_is_not_about_the_client_assertion()
    {
        await using var client = Create("invalid_grant", "The token of the user has expired, ask the issuer for a new signature", options => options.ClientAuthentication = ClientAuthenticationMethod.PrivateKeyJwt);

        var error = await Assert.ThrowsAsync<JwtGrantException>(() => client.Endpoint.RequestAsync(Grant.AuthorizationCode("code-1"), Cancellation));

        Assert.Contains("The authorization code is expired, was used before", error.FirstLine(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(null, null, 120, "The type client-authentication+jwt is new: older servers expect ClientAssertion:Type JWT, and some of them their token endpoint as ClientAssertion:Audience.")]
    [InlineData("JWT", "2026-11", 120, "RS256 is the default for RSA keys: set SigningKey:Algorithm if the server requires another one.")]
    [InlineData("JWT", null, 120, "The assertion has no kid; if the server requires it, set SigningKey:KeyId.")]
    [InlineData("JWT", "2026-11", 600, "Many servers accept at most 5 min: lower ClientAssertion:Lifetime.")]
    public async Task Without_a_reason_of_the_server_the_usual_causes_in_the_client_assertion_are_named(string? type, string? keyId, int lifetime, string hint)
    {
        var advice = await RejectAsync("invalid_client", null, GrantType.ClientCredentials, options =>
        {
            (options.ClientAssertion.Type, options.SigningKey.KeyId, options.ClientAssertion.Lifetime) = (type, keyId, TimeSpan.FromSeconds(lifetime));
        });

        Assert.Contains("and alg, typ, the lifetime and other header parameters, such as jku, with its documentation.", advice, StringComparison.Ordinal);
        Assert.Contains(hint, advice, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_usual_is_not_named_as_a_cause()
    {
        var advice = await RejectAsync("invalid_client", null, GrantType.ClientCredentials, options =>
            (options.ClientAssertion.Type, options.SigningKey.KeyId, options.SigningKey.Algorithm) = ("JWT", "2026-11", "PS256"));

        Assert.EndsWith("with its documentation.", advice, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_settings_of_signed_assertions_are_not_named_for_a_token_from_a_file()
    {
        using var folder = new TemporaryFolder();
        var file = folder.Write("token.jwt", Jwt.CreateFake($$"""{"iss":"https://cluster.example.com","sub":"a","exp":{{TestData.Moment.AddHours(1).ToUnixTimeSeconds()}},"iat":{{TestData.Moment.ToUnixTimeSeconds()}}}"""));

        var advice = await RejectAsync("invalid_client", null, GrantType.ClientCredentials, options => options.ClientAssertion.TokenFile = file);

        Assert.EndsWith("with its documentation. The token is from ClientAssertion:TokenFile: the party that issues it decides them.", advice, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Header_parameters_that_identify_the_key_are_shown()
    {
        await using var client = Create("invalid_client", null, options =>
        {
            (options.Grant, options.ClientAuthentication) = (GrantType.ClientCredentials, ClientAuthenticationMethod.PrivateKeyJwt);
            options.ClientAssertion.Header["jku"] = "https://app.example.com/jwks.json";
        });

        var error = await Assert.ThrowsAsync<JwtGrantException>(() => client.GetTokenAsync(Cancellation).AsTask());

        Assert.Contains(", typ 'client-authentication+jwt', jku 'https://app.example.com/jwks.json', lifetime 120 s", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Invalid 'exp' claim in client_assertion JWT - JWT has expired", "This machine's clock is 1800 s behind the server's Date.")]
    [InlineData("grant_type is invalid", "and the client sent the grant type")]
    public async Task A_wrong_clock_is_named_if_the_text_is_about_times(string text, string advice) => Assert.Contains(
        advice, await RejectAsync("invalid_request", text, GrantType.ClientCredentials, date: TestData.Moment.AddMinutes(30)), StringComparison.Ordinal);

    private static async Task<string> RejectAsync(string error, string? text, GrantType grant, Action<JwtGrantOptions>? configure = null, DateTimeOffset? date = null)
    {
        await using var client = Create(error, text, options =>
        {
            options.Grant = grant;
            options.ClientAuthentication = grant == GrantType.ClientCredentials ? ClientAuthenticationMethod.PrivateKeyJwt : ClientAuthenticationMethod.None;
            configure?.Invoke(options);
        }, date);
        return (await Assert.ThrowsAsync<JwtGrantException>(() => client.GetTokenAsync(Cancellation).AsTask())).FirstLine();
    }

    private static JwtGrantTokenSource Create(string error, string? text, Action<JwtGrantOptions> configure, DateTimeOffset? date = null)
    {
        var endpoint = new FakeTokenEndpoint
        {
            ResponseOverride = _ =>
            {
                var response = new HttpResponseMessage(HttpStatusCode.BadRequest)
                {
                    Content = new StringContent(new JsonObject { ["error"] = error, ["error_description"] = text }.ToJsonString()),
                };
                response.Headers.Date = date ?? TestData.Moment;
                return response;
            },
        };
        var options = TestClient.Options();
        options.Issuer = TestData.Issuer;
        configure(options);
        return JwtGrantTokenSource.Create(options, tokenEndpointHandler: endpoint.Handler, timeProvider: new FakeTimeProvider(TestData.Moment));
    }
}
