using System.Net;
using JwtGrantClient.Testing.Tests.TestSupport;

namespace JwtGrantClient.Testing.Tests;

/// <summary>S01, S02, S17 and S18: one way of client authentication at a time, and each attempt is judged.</summary>
public sealed class ClientAuthenticationTests
{
    [Theory]
    [InlineData(null), InlineData(""), InlineData("urn:ietf:params:oauth:client-assertion-type:saml2-bearer"), InlineData("jwt-bearer")]
    [InlineData("urn:ietf:params:oauth:grant-type:jwt-bearer"), InlineData("URN:IETF:PARAMS:OAUTH:CLIENT-ASSERTION-TYPE:JWT-BEARER")]
    public async Task A_client_assertion_needs_its_type(string? type)
    {
        (string, string)[] typed = type is null ? [] : [("client_assertion_type", type)];

        var answer = await TestServer.Start()
            .PostAsync([("grant_type", "client_credentials"), ("client_assertion", new JwtBuilder().Compact()), .. typed]);

        answer.ShouldBeRefused(401, "invalid_client", "S02");
    }

    [Fact]
    public async Task A_SAML_assertion_is_refused_with_the_reason()
    {
        var answer = await TestServer.Start().PostAsync(("grant_type", "client_credentials"),
            ("client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:saml2-bearer"), ("client_assertion", "PHNhbWw-"));

        Assert.Equal("RFC 10070", answer.ShouldBeRefused(401, "invalid_client", "S02").Saying("SAML").Refusal?.Clause);
    }

    [Theory]
    [InlineData(null), InlineData("")]
    public async Task The_type_alone_is_no_client_authentication(string? assertion)
    {
        (string, string)[] more = assertion is null ? [] : [("client_assertion", assertion)];

        var answer = await TestServer.Start().PostAsync(
            [("grant_type", "client_credentials"), ("client_assertion_type", TestData.ClientAssertionType), .. more]);

        answer.ShouldBeRefused(401, "invalid_client", "S02");
    }

    [Fact]
    public async Task Without_a_client_assertion_there_are_no_client_credentials() =>
        (await TestServer.Start().PostAsync(("grant_type", "client_credentials"), ("client_id", TestData.ClientId)))
            .ShouldBeRefused(401, "invalid_client", "S17");

    [Theory]
    [InlineData("Basic YTpi", "Basic"), InlineData("Bearer abc", "Bearer"), InlineData("", "Basic"), InlineData("Negotiate", "Negotiate")]
    [InlineData("Ba\"d x", "Basic")]
    public async Task Whoever_tries_the_authorization_header_is_challenged_in_its_scheme(string header, string scheme)
    {
        using var content = new FormUrlEncodedContent([KeyValuePair.Create("grant_type", "client_credentials")]);

        var answer = await TestServer.Start().PostAsync(content, ("Authorization", header));

        answer.ShouldBeRefused(401, "invalid_client", "S17");
        Assert.StartsWith(scheme + " realm=", answer.Response.Headers.WwwAuthenticate.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_refused_client_assertion_is_answered_without_a_challenge()
    {
        var answer = await TestServer.Start().PresentAsync(new JwtBuilder().SignedBy(TestData.OtherRsaKey), AssertionRole.ClientAuthentication);

        answer.ShouldBeRefused(401, "invalid_client", "S08");
        Assert.Empty(answer.Response.Headers.WwwAuthenticate);
    }

    [Fact]
    public async Task A_client_with_keys_is_not_known_by_a_secret() =>
        (await TestServer.Start().PostAsync(("grant_type", "client_credentials"), ("client_id", TestData.ClientId), ("client_secret", "s")))
            .ShouldBeRefused(401, "invalid_client", "S17");

    [Theory]
    [InlineData("header"), InlineData("secret"), InlineData("two headers")]
    public async Task Two_ways_at_once_are_an_invalid_request_and_use_up_no_jti(string second)
    {
        var server = TestServer.Start();
        var assertion = new JwtBuilder().Compact();
        (string Name, string Value)[] fields =
            [("grant_type", "client_credentials"), .. TestServer.ClientAssertion(assertion), ("client_secret", second == "secret" ? "s" : "")];
        using var content = new FormUrlEncodedContent(fields.Select(field => KeyValuePair.Create(field.Name, field.Value)));
        (string, string)[] headers = second switch
        {
            "header" => [("Authorization", "Basic YTpi")],
            "two headers" => [("Authorization", "Basic YTpi"), ("Authorization", "Bearer x")],
            _ => [],
        };

        (await server.PostAsync(content, headers)).ShouldBeRefused(400, "invalid_request", "S01");

        (await server.PresentAsync(assertion, AssertionRole.ClientAuthentication)).ShouldBeGranted();
    }

    [Fact]
    public async Task Grant_and_client_assertion_serve_together_in_one_request()
    {
        var server = TestServer.Start();

        var answer = await server.PostAsync(
            [("grant_type", TestData.JwtBearer), ("assertion", new JwtBuilder().Claim("sub", "user-1").Compact()), .. TestServer.ClientAssertion()]);

        answer.ShouldBeGranted();
        var check = server.Server.CheckAccessToken($"Bearer {answer.AccessToken}");
        Assert.Equal((TestData.ClientId, "user-1"), (check.ClientId, check.Subject));
    }

    [Theory]
    [InlineData("client assertion"), InlineData("header"), InlineData("secret")]
    public async Task Bad_credentials_beside_a_good_grant_are_refused(string credentials)
    {
        var server = TestServer.Start();
        var grant = new JwtBuilder().Compact();
        (string Name, string Value)[] fields =
        [
            ("grant_type", TestData.JwtBearer), ("assertion", grant),
            .. credentials switch
            {
                "client assertion" => TestServer.ClientAssertion(new JwtBuilder().SignedBy(TestData.OtherRsaKey).Compact()),
                "secret" => [("client_secret", "s")],
                _ => Array.Empty<(string, string)>(),
            },
        ];
        using var content = new FormUrlEncodedContent(fields.Select(field => KeyValuePair.Create(field.Name, field.Value)));

        var answer = await server.PostAsync(content, credentials == "header" ? [("Authorization", "Basic YTpi")] : []);

        Assert.Equal(HttpStatusCode.Unauthorized, answer.Status);
        Assert.Equal("invalid_client", answer["error"]);
        (await server.PresentAsync(grant, AssertionRole.Grant)).ShouldBeGranted();
    }

    [Fact]
    public async Task A_client_may_be_held_to_authenticate_beside_its_grant()
    {
        var server = TestServer.Start(client: new()
        {
            Id = TestData.ClientId, PublicKeyPem = TestData.RsaKey.ExportSubjectPublicKeyInfoPem(), RequireClientAuthentication = true,
        });

        (await server.PresentAsync(new JwtBuilder(), AssertionRole.Grant)).ShouldBeRefused(401, "invalid_client", "S18");
        (await server.PostAsync([("grant_type", TestData.JwtBearer), ("assertion", new JwtBuilder().Compact()), .. TestServer.ClientAssertion()]))
            .ShouldBeGranted();
    }
}
