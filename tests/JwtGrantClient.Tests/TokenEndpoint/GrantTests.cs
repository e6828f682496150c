using JwtGrantClient.Tests.TestSupport;

namespace JwtGrantClient.Tests.TokenEndpoint;

/// <summary>The form fields of each grant, and whether it may be repeated.</summary>
public sealed class GrantTests
{
    private static readonly TokenRequest Request = new() { Scope = "read", Resource = ["https://api.example.com"] };

    private static readonly TypedToken Subject = new("subject-token", TokenTypes.IdToken), Actor = new("actor-token", TokenTypes.Jwt);

    private static readonly Dictionary<string, (Grant Grant, bool MayBeRepeated, string Fields)> Grants = new()
    {
        ["jwt-bearer, single assertion"] = (Grant.JwtBearer("a.b.c", Request), false, "grant_type assertion scope resource"),
        ["jwt-bearer, from a provider"] = (Grant.JwtBearer(Provider("a.b.c"), Request), true, "grant_type assertion scope resource"),
        ["saml2-bearer, single assertion"] = (Grant.Saml2Bearer("PHg_", Request), false, "grant_type assertion scope resource"),
        ["saml2-bearer, from a provider"] = (Grant.Saml2Bearer(Provider("PHg_"), Request), true, "grant_type assertion scope resource"),
        ["client_credentials"] = (Grant.ClientCredentials(Request), true, "grant_type scope resource"),
        ["authorization_code"] = (Grant.AuthorizationCode("code", "https://app", "verifier"), false, "grant_type code redirect_uri code_verifier"),
        ["refresh_token"] = (Grant.RefreshToken("refresh", Request), false, "grant_type refresh_token scope resource"),
        ["token exchange"] = (
            Grant.TokenExchange(Subject, Actor, TokenTypes.AccessToken, ["files", "mail"], Request), true,
            "grant_type subject_token subject_token_type actor_token actor_token_type requested_token_type audience audience scope resource"),
        ["custom"] = (Grant.Custom("urn:own", [new("own", "1"), new("empty", "")], Request), false, "grant_type own scope resource"),
    };

    public static TheoryData<string> Names => [.. Grants.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public async Task A_grant_writes_exactly_its_fields(string name)
    {
        var (grant, mayBeRepeated, fields) = Grants[name];
        await using var server = await ScriptedServer.StartAsync(Reply.Token);

        await new Composition { Endpoint = server.TokenEndpoint }.RequestAsync(grant);

        var sent = Assert.Single(server.Requests);
        Assert.Equal(fields, string.Join(' ', sent.Body.Split('&').Select(field => field.Split('=')[0])));
        Assert.Equal(mayBeRepeated, grant.MayBeRepeated);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public async Task A_grant_is_retried_after_a_503_only_if_it_may_be_repeated(string name)
    {
        var (grant, mayBeRepeated, _) = Grants[name];
        await using var server = await ScriptedServer.StartAsync(Reply.Status(503), Reply.Token);
        var client = new Composition { Endpoint = server.TokenEndpoint };

        var error = await Record.ExceptionAsync(() => client.RequestAsync(grant));

        Assert.Equal(mayBeRepeated, error is null);
        Assert.Equal(mayBeRepeated ? 2 : 1, server.Calls);
    }

    [Fact]
    public async Task Token_exchange_sends_the_type_of_each_token_and_one_field_per_audience()
    {
        await using var server = await ScriptedServer.StartAsync(Reply.Token);

        await new Composition { Endpoint = server.TokenEndpoint }.RequestAsync(Grants["token exchange"].Grant);

        var form = Assert.Single(server.Requests).Form;
        Assert.Equal(("subject-token", "urn:ietf:params:oauth:token-type:id_token"), (form["subject_token"].Single(), form["subject_token_type"].Single()));
        Assert.Equal(("actor-token", "urn:ietf:params:oauth:token-type:jwt"), (form["actor_token"].Single(), form["actor_token_type"].Single()));
        Assert.Equal(["files", "mail"], form["audience"].ToArray());
    }

    [Fact]
    public async Task The_audience_of_a_request_overrides_the_audience_of_the_exchange()
    {
        await using var server = await ScriptedServer.StartAsync(Reply.Token);
        var request = new TokenRequest { Parameters = new Dictionary<string, string> { ["audience"] = "own" } };

        await new Composition { Endpoint = server.TokenEndpoint }.RequestAsync(Grant.TokenExchange(Subject, audience: ["files"], request: request));

        Assert.Equal(["own"], Assert.Single(server.Requests).Form["audience"].ToArray());
    }

    [Theory]
    [InlineData("<saml:Assertion/>"), InlineData("PHg+"), InlineData("PHg_\nPHg_"), InlineData("==")]
    public async Task A_SAML_assertion_that_is_not_base64url_is_rejected_before_it_is_sent(string assertion)
    {
        await using var server = await ScriptedServer.StartAsync(Reply.Token);

        var error = await new Composition { Endpoint = server.TokenEndpoint }.FailAsync(Grant.Saml2Bearer(assertion, TokenRequest.Default));

        Assert.Equal((JwtGrantErrorKind.Configuration, "saml_assertion_not_encoded"), (error.Kind, error.Code));
        Assert.Equal(0, server.Calls);
    }

    public static TheoryData<string> ClientAuthenticationFields => ["grant_type", "client_id", "client_secret", "client_assertion", "client_assertion_type", ""];

    [Theory]
    [MemberData(nameof(ClientAuthenticationFields))]
    public void A_custom_grant_cannot_set_fields_of_client_authentication(string field) =>
        Assert.Throws<ArgumentException>("fields", () => Grant.Custom("urn:own", [new(field, "x")]));

    public static TheoryData<string> GrantsThatCreateNoAssertion => ["single assertion", "client_credentials", "refresh_token", "exchange", "custom"];

    [Theory]
    [MemberData(nameof(GrantsThatCreateNoAssertion))]
    public void A_grant_that_creates_no_assertion_rejects_a_subject_and_claims(string kind)
    {
        TokenRequest[] requests = [new() { Subject = "alice" }, new() { Claims = new Dictionary<string, object> { ["tenant"] = "t" } }];

        foreach (var request in requests)
        {
            var error = Assert.Throws<JwtGrantException>(() => kind switch
            {
                "single assertion" => Grant.JwtBearer("a.b.c", request),
                "client_credentials" => Grant.ClientCredentials(request),
                "refresh_token" => Grant.RefreshToken("r", request),
                "exchange" => Grant.TokenExchange(Subject, request: request),
                _ => Grant.Custom("urn:own", [], request),
            });
            Assert.Equal((JwtGrantErrorKind.Configuration, "subject_without_assertion"), (error.Kind, error.Code));
        }
    }

    private static AssertionProvider Provider(string value) => (_, _) => new(new Assertion(value, "type", TestData.Moment));
}
