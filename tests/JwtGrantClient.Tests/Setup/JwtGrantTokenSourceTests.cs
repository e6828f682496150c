using System.Text.Json;
using JwtGrantClient.Tests.TestSupport;
using Microsoft.Extensions.Logging;

namespace JwtGrantClient.Tests.Setup;

public sealed class JwtGrantTokenSourceTests
{
    private readonly FakeTokenEndpoint _endpoint = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Create_returns_a_source_that_requests_tokens_and_creates_assertions()
    {
        var options = TestClient.Options();
        (options.Issuer, options.ClientAuthentication) = (TestData.Issuer, ClientAuthenticationMethod.PrivateKeyJwt);
        await using var client = JwtGrantTokenSource.Create(options, tokenEndpointHandler: _endpoint.Handler);

        Assert.Equal("token-1", (await client.GetTokenAsync(Cancellation)).Value);
        Assert.Equal("token-2", (await client.Endpoint.RequestAsync(Grant.AuthorizationCode("code"), Cancellation)).AccessToken.Value);
        var assertion = await client.Assertions.GetAssertionAsync(Cancellation);
        Assert.Equal((TestData.ClientId, TestData.Issuer), (Jwt.Parse(assertion.Value)["sub"], Jwt.Parse(assertion.Value)["aud"]));
    }

    [Fact]
    public async Task Reading_Assertions_throws_for_a_client_without_client_assertions()
    {
        await using var client = JwtGrantTokenSource.Create(TestClient.Options(), tokenEndpointHandler: _endpoint.Handler);

        var error = Assert.Throws<JwtGrantException>(() => client.Assertions);

        Assert.Equal(
            "The client '' has no client assertions, because its ClientAuthentication is neither PrivateKeyJwt nor JwtAsClientSecret. Set ClientAuthentication to PrivateKeyJwt.", error.Message);
    }

    [Fact]
    public async Task Options_that_change_after_Create_have_no_effect()
    {
        var options = TestClient.Options();
        options.Scope = "before";
        options.Resource = ["https://before.example.com"];
        options.Parameters["audience"] = "before";
        options.Assertion.Claims["tenant"] = "before";
        await using var client = JwtGrantTokenSource.Create(options, tokenEndpointHandler: _endpoint.Handler);

        options.Scope = "after";
        options.Resource[0] = "https://after.example.com";
        options.Parameters["audience"] = "after";
        options.Assertion.Claims["tenant"] = "after";
        options.ClientId = "after";
        await client.GetTokenAsync(Cancellation);

        var form = _endpoint.Forms[0];
        Assert.Equal(("before", "https://before.example.com", "before"), (form["scope"], form["resource"], form["audience"]));
        Assert.Equal(("before", TestData.ClientId), (Jwt.Parse(form["assertion"]!)["tenant"], Jwt.Parse(form["assertion"]!)["iss"]));
    }

    [Fact]
    public async Task Options_and_logs_do_not_reveal_the_key_the_assertion_or_the_token()
    {
        var options = TestClient.Options();
        options.ClientAssertion.SigningKey = new() { Text = TestData.RsaPrivatePem };
        using var log = new LogLines();
        await using var client = JwtGrantTokenSource.Create(
            options, tokenEndpointHandler: _endpoint.Handler, loggerFactory: new LoggerFactory([log]));
        await client.GetTokenAsync(Cancellation);

        Assert.NotEmpty(log.All);
        string[] printed =
        [
            options.ToString()!, options.SigningKey.ToString()!, JsonSerializer.Serialize(options), JsonSerializer.Serialize(options.SigningKey),
            .. log.All,
        ];
        Assert.All(printed, text =>
        {
            Assert.DoesNotContain("PRIVATE KEY", text, StringComparison.Ordinal);
            Assert.DoesNotContain(_endpoint.Forms[0]["assertion"]!, text, StringComparison.Ordinal);
            Assert.DoesNotContain("token-1", text, StringComparison.Ordinal);
        });
    }
}
