using System.Net;
using JwtGrantClient.Testing.Tests.TestSupport;

namespace JwtGrantClient.Testing.Tests;

/// <summary>A request may use one method of client authentication, and the server validates every attempt (RFC 6749 section 2.3, RFC 7521 section 4.2).</summary>
public sealed class ClientAuthenticationTests
{
    [Theory]
    [InlineData(null), InlineData(""), InlineData("urn:ietf:params:oauth:client-assertion-type:saml2-bearer"), InlineData("jwt-bearer")]
    [InlineData("urn:ietf:params:oauth:grant-type:jwt-bearer"), InlineData("URN:IETF:PARAMS:OAUTH:CLIENT-ASSERTION-TYPE:JWT-BEARER")]
    public async Task A_client_assertion_with_a_wrong_or_missing_type_is_refused(string? type)
    {
        (string, string)[] typeField = type is null ? [] : [("client_assertion_type", type)];

        var response = await TestServer.Start()
            .PostAsync([("grant_type", "client_credentials"), ("client_assertion", new JwtBuilder().Compact()), .. typeField]);

        response.ShouldBeRefused(401, "invalid_client", "S02");
    }

    [Fact]
    public async Task A_SAML_client_assertion_is_refused_with_an_explanation()
    {
        var response = await TestServer.Start().PostAsync(("grant_type", "client_credentials"),
            ("client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:saml2-bearer"), ("client_assertion", "PHNhbWw-"));

        Assert.Equal("RFC 10070", response.ShouldBeRefused(401, "invalid_client", "S02").WithExplanation("SAML").Refusal?.Clause);
    }

    [Theory]
    [InlineData(null), InlineData("")]
    public async Task A_client_assertion_type_without_an_assertion_is_refused(string? assertion)
    {
        (string, string)[] assertionField = assertion is null ? [] : [("client_assertion", assertion)];

        var response = await TestServer.Start().PostAsync(
            [("grant_type", "client_credentials"), ("client_assertion_type", TestData.ClientAssertionType), .. assertionField]);

        response.ShouldBeRefused(401, "invalid_client", "S02");
    }

    [Fact]
    public async Task A_client_credentials_request_without_client_authentication_is_refused() =>
        (await TestServer.Start().PostAsync(("grant_type", "client_credentials"), ("client_id", TestData.ClientId)))
            .ShouldBeRefused(401, "invalid_client", "S17");

    [Theory]
    [InlineData("Basic YTpi", "Basic"), InlineData("Bearer abc", "Bearer"), InlineData("", "Basic"), InlineData("Negotiate", "Negotiate")]
    [InlineData("Ba\"d x", "Basic")]
    public async Task A_refused_Authorization_header_gets_a_challenge_of_its_scheme(string header, string scheme)
    {
        using var content = new FormUrlEncodedContent([KeyValuePair.Create("grant_type", "client_credentials")]);

        var response = await TestServer.Start().PostAsync(content, ("Authorization", header));

        response.ShouldBeRefused(401, "invalid_client", "S17");
        Assert.StartsWith(scheme + " realm=", response.Response.Headers.WwwAuthenticate.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_refused_client_assertion_gets_a_Basic_challenge()
    {
        var response = await TestServer.Start().PresentAsync(new JwtBuilder().SignedBy(TestData.OtherRsaKey), AssertionRole.ClientAuthentication);

        response.ShouldBeRefused(401, "invalid_client", "S08");
        Assert.Equal("Basic realm=\"token\"", response.Response.Headers.WwwAuthenticate.ToString());
    }

    [Fact]
    public async Task A_client_secret_from_a_client_with_keys_is_refused() =>
        (await TestServer.Start().PostAsync(("grant_type", "client_credentials"), ("client_id", TestData.ClientId), ("client_secret", "s")))
            .ShouldBeRefused(401, "invalid_client", "S17");

    [Theory]
    [InlineData("header"), InlineData("secret"), InlineData("two headers")]
    public async Task Two_authentication_methods_at_once_are_an_invalid_request_and_consume_no_jti(string secondMethod)
    {
        var server = TestServer.Start();
        var assertion = new JwtBuilder().Compact();
        (string Name, string Value)[] fields =
            [("grant_type", "client_credentials"), .. TestServer.ClientAssertion(assertion), ("client_secret", secondMethod == "secret" ? "s" : "")];
        using var content = new FormUrlEncodedContent(fields.Select(field => KeyValuePair.Create(field.Name, field.Value)));
        (string, string)[] headers = secondMethod switch
        {
            "header" => [("Authorization", "Basic YTpi")],
            "two headers" => [("Authorization", "Basic YTpi"), ("Authorization", "Bearer x")],
            _ => [],
        };

        (await server.PostAsync(content, headers)).ShouldBeRefused(400, "invalid_request", "S01");

        (await server.PresentAsync(assertion, AssertionRole.ClientAuthentication)).ShouldBeGranted();
    }

    [Fact]
    public async Task A_grant_and_a_client_assertion_are_accepted_in_one_request()
    {
        var server = TestServer.Start();

        var response = await server.PostAsync(
            [("grant_type", TestData.JwtBearer), ("assertion", new JwtBuilder().WithClaim("sub", "user-1").Compact()), .. TestServer.ClientAssertion()]);

        response.ShouldBeGranted();
        var check = server.Server.CheckAccessToken($"Bearer {response.AccessToken}");
        Assert.Equal((TestData.ClientId, "user-1"), (check.ClientId, check.Subject));
    }

    [Theory]
    [InlineData("client assertion"), InlineData("header"), InlineData("secret")]
    public async Task Invalid_client_credentials_are_refused_and_do_not_consume_a_valid_grant(string credentials)
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

        var response = await server.PostAsync(content, credentials == "header" ? [("Authorization", "Basic YTpi")] : []);

        Assert.Equal(HttpStatusCode.Unauthorized, response.Status);
        Assert.Equal("invalid_client", response["error"]);
        (await server.PresentAsync(grant, AssertionRole.Grant)).ShouldBeGranted();
    }

    [Fact]
    public async Task A_client_can_be_required_to_authenticate_when_it_presents_a_grant()
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
