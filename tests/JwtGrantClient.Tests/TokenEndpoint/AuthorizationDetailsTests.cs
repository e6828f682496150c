using System.Net;
using System.Text;
using System.Text.Json;
using JwtGrantClient.Tests.TestSupport;

namespace JwtGrantClient.Tests.TokenEndpoint;

/// <summary>Rich authorization requests (RFC 9396).</summary>
public sealed class AuthorizationDetailsTests
{
    private const string Payment = """[{"type":"payment","amount":{"currency":"EUR","amount":"123.50"}}]""", Read = """[{"type":"accounts","actions":["read"]}]""";

    private readonly FakeTokenEndpoint _endpoint = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_details_of_the_request_replace_those_of_the_settings()
    {
        await using var tokens = Create(options => options.AuthorizationDetails = Read);

        await tokens.GetTokenAsync(Cancellation);
        await tokens.GetTokenAsync(new TokenRequest { AuthorizationDetails = Payment }, Cancellation);
        await tokens.GetTokenAsync(new TokenRequest { Scope = "openid" }, Cancellation);

        Assert.Equal([Read, Payment, Read], _endpoint.Forms.Select(form => form["authorization_details"]));
    }

    [Theory]
    [InlineData(GrantType.ClientCredentials), InlineData(GrantType.JwtBearer), InlineData(GrantType.TokenExchange), InlineData(GrantType.Saml2Bearer)]
    public async Task Each_grant_sends_them(GrantType grant)
    {
        await using var tokens = Create(options =>
        {
            (options.Grant, options.ClientAuthentication, options.ClientSecret) = (grant, ClientAuthenticationMethod.ClientSecretPost, "not a secret");
            (options.Assertion.FromRequest, options.TokenExchange.SubjectTokenFromRequest) =
                (grant is GrantType.JwtBearer or GrantType.Saml2Bearer, grant == GrantType.TokenExchange);
        });

        await tokens.GetTokenAsync(
            new TokenRequest
            {
                AuthorizationDetails = Payment,
                Assertion = grant is GrantType.JwtBearer or GrantType.Saml2Bearer ? "alice" : null,
                SubjectToken = grant == GrantType.TokenExchange ? new("alice", TokenTypes.Jwt) : null,
            },
            Cancellation);

        Assert.Equal(Payment, _endpoint.Forms[0]["authorization_details"]);
    }

    [Fact]
    public async Task Requests_that_differ_only_in_white_space_share_one_token()
    {
        await using var tokens = Create();
        var texts = new[] { Payment, Payment.Replace(",", " ,\n ", StringComparison.Ordinal), Read };

        var values = new List<string>();
        foreach (var text in texts)
            values.Add((await tokens.GetTokenAsync(new TokenRequest { AuthorizationDetails = text }, Cancellation)).Value);

        Assert.Equal(["token-1", "token-1", "token-2"], values);
    }

    [Fact]
    public async Task The_granted_details_are_read_from_the_response()
    {
        await using var tokens = Create();
        _endpoint.ResponseOverride = _ => Respond($$"""{"access_token":"t","token_type":"Bearer","authorization_details":{{Payment}}}""");

        var token = await tokens.GetTokenAsync(new TokenRequest { AuthorizationDetails = Payment }, Cancellation);
        var response = await tokens.Endpoint.RequestAsync(Grant.RefreshToken("r", new() { AuthorizationDetails = Read }), Cancellation);

        Assert.Equal((Payment, Payment), (token.AuthorizationDetails!.Value.GetRawText(), response.AuthorizationDetails!.Value.GetRawText()));
        Assert.Equal(Read, _endpoint.Forms[1]["authorization_details"]);
    }

    [Theory]
    [InlineData("null"), InlineData("\"text\""), InlineData("{}")]
    public async Task Details_of_the_response_that_are_not_an_array_are_null(string details)
    {
        await using var tokens = Create();
        _endpoint.ResponseOverride = _ => Respond($$"""{"access_token":"t","token_type":"Bearer","authorization_details":{{details}}}""");

        Assert.Null((await tokens.GetTokenAsync(Cancellation)).AuthorizationDetails);
    }

    [Theory]
    [InlineData("", "is not JSON")]
    [InlineData("[", "is not JSON")]
    [InlineData("""{"type":"payment"}""", "is not a JSON array with at least one object")]
    [InlineData("[]", "is not a JSON array with at least one object")]
    [InlineData("[1]", "has an element that is not an object with a type")]
    [InlineData("""[{"type":"payment"},{"type":""}]""", "has an element that is not an object with a type")]
    [InlineData("""[{"type":1}]""", "has an element that is not an object with a type")]
    [InlineData("""[{"type":"payment","type":"accounts"}]""", "is not JSON, or has two members with the same name")]
    public void Details_that_are_not_valid_are_refused(string text, string problem)
    {
        var error = Assert.Throws<ArgumentException>(() => new TokenRequest { AuthorizationDetails = text });
        var atStartUp = Assert.Throws<JwtGrantException>(() => Create(options => options.AuthorizationDetails = text));

        Assert.Contains(problem, error.Message, StringComparison.Ordinal);
        Assert.Contains($"AuthorizationDetails: the value {problem[..6]}", atStartUp.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_parameter_cannot_replace_them() => Assert.Contains(
        "use its own setting instead",
        Assert.Throws<ArgumentException>(() => new TokenRequest { Parameters = new Dictionary<string, string> { ["authorization_details"] = Payment } }).Message,
        StringComparison.Ordinal);

    [Fact]
    public async Task They_are_masked_if_the_server_echoes_them()
    {
        const string details = """[{"type":"payment","account":"DE40100100103307118608"}]""";
        await using var tokens = Create();
        _endpoint.ResponseOverride = _ => new(HttpStatusCode.BadRequest)
        {
            Content = new StringContent(JsonSerializer.Serialize(new { error = "invalid_authorization_details", error_description = $"bad: {details}" })),
        };

        var error = await Assert.ThrowsAsync<JwtGrantException>(
            () => tokens.GetTokenAsync(new TokenRequest { AuthorizationDetails = details }, Cancellation).AsTask());

        Assert.Equal("invalid_authorization_details", error.Error);
        Assert.DoesNotContain("DE40", error.ToString(), StringComparison.Ordinal);
    }

    private static HttpResponseMessage Respond(string json) => new(HttpStatusCode.OK) { Content = new StringContent(json, Encoding.UTF8, "application/json") };

    private JwtGrantTokenSource Create(Action<JwtGrantOptions>? configure = null)
    {
        var options = TestClient.Options();
        configure?.Invoke(options);
        return JwtGrantTokenSource.Create(options, tokenEndpointHandler: _endpoint.Handler);
    }
}
