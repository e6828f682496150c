using JwtGrantClient.Tests.TestSupport;

namespace JwtGrantClient.Tests.TokenEndpoint;

/// <summary>Each grant writes its own fields, and says whether it may be repeated.</summary>
public sealed class GrantTests
{
    private static readonly TokenRequest Request = new() { Scope = "read", Resource = ["https://api.example.com"] };

    private static readonly TypedToken Subject = new("subject-token", TokenTypes.IdToken), Actor = new("actor-token", TokenTypes.Jwt);

    private static readonly Dictionary<string, (Grant Grant, bool MayBeRepeated, string Fields)> Table = new()
    {
        ["jwt-bearer, one"] = (Grant.JwtBearer("a.b.c", Request), false, "grant_type assertion scope resource"),
        ["jwt-bearer, from a provider"] = (Grant.JwtBearer(Provider("a.b.c"), Request), true, "grant_type assertion scope resource"),
        ["saml2-bearer, one"] = (Grant.Saml2Bearer("PHg_", Request), false, "grant_type assertion scope resource"),
        ["saml2-bearer, from a provider"] = (Grant.Saml2Bearer(Provider("PHg_"), Request), true, "grant_type assertion scope resource"),
        ["client_credentials"] = (Grant.ClientCredentials(Request), true, "grant_type scope resource"),
        ["authorization_code"] = (Grant.AuthorizationCode("code", "https://app", "verifier"), false, "grant_type code redirect_uri code_verifier"),
        ["refresh_token"] = (Grant.RefreshToken("refresh", Request), false, "grant_type refresh_token scope resource"),
        ["token exchange"] = (
            Grant.TokenExchange(Subject, Actor, TokenTypes.AccessToken, ["files", "mail"], Request), true,
            "grant_type subject_token subject_token_type actor_token actor_token_type requested_token_type audience audience scope resource"),
        ["custom"] = (Grant.Custom("urn:own", [new("own", "1"), new("empty", "")], Request), false, "grant_type own scope resource"),
    };

    public static TheoryData<string> Names => [.. Table.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public async Task It_writes_its_fields_and_no_others(string name)
    {
        var (grant, mayBeRepeated, fields) = Table[name];
        await using var server = await ScriptedServer.StartAsync(Reply.Token);

        await new Composition { Endpoint = server.TokenEndpoint }.RequestAsync(grant);

        var sent = Assert.Single(server.Requests);
        Assert.Equal(fields, string.Join(' ', sent.Body.Split('&').Select(field => field.Split('=')[0])));
        Assert.Equal(mayBeRepeated, grant.MayBeRepeated);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public async Task It_goes_out_again_after_a_503_exactly_where_it_may_be_repeated(string name)
    {
        var (grant, mayBeRepeated, _) = Table[name];
        await using var server = await ScriptedServer.StartAsync(Reply.Status(503), Reply.Token);
        var client = new Composition { Endpoint = server.TokenEndpoint };

        var error = await Record.ExceptionAsync(() => client.RequestAsync(grant));

        Assert.Equal(mayBeRepeated, error is null);
        Assert.Equal(mayBeRepeated ? 2 : 1, server.Calls);
    }

    [Fact]
    public async Task Exchanged_tokens_go_with_their_types_and_each_audience_in_a_field_of_its_own()
    {
        await using var server = await ScriptedServer.StartAsync(Reply.Token);

        await new Composition { Endpoint = server.TokenEndpoint }.RequestAsync(Table["token exchange"].Grant);

        var form = Assert.Single(server.Requests).Form;
        Assert.Equal(("subject-token", "urn:ietf:params:oauth:token-type:id_token"), (form["subject_token"].Single(), form["subject_token_type"].Single()));
        Assert.Equal(("actor-token", "urn:ietf:params:oauth:token-type:jwt"), (form["actor_token"].Single(), form["actor_token_type"].Single()));
        Assert.Equal(["files", "mail"], form["audience"].ToArray());
    }

    [Fact]
    public async Task A_request_s_own_audience_goes_before_that_of_the_exchange()
    {
        await using var server = await ScriptedServer.StartAsync(Reply.Token);
        var request = new TokenRequest { Parameters = new Dictionary<string, string> { ["audience"] = "own" } };

        await new Composition { Endpoint = server.TokenEndpoint }.RequestAsync(Grant.TokenExchange(Subject, audience: ["files"], request: request));

        Assert.Equal(["own"], Assert.Single(server.Requests).Form["audience"].ToArray());
    }

    [Theory]
    [InlineData("<saml:Assertion/>"), InlineData("PHg+"), InlineData("PHg_\nPHg_"), InlineData("==")]
    public async Task SAML_that_is_not_base64url_is_refused_before_it_is_sent(string assertion)
    {
        await using var server = await ScriptedServer.StartAsync(Reply.Token);

        var error = await new Composition { Endpoint = server.TokenEndpoint }.FailAsync(Grant.Saml2Bearer(assertion, TokenRequest.Default));

        Assert.Equal((JwtGrantErrorKind.Configuration, "saml_assertion_not_encoded"), (error.Kind, error.Code));
        Assert.Equal(0, server.Calls);
    }

    public static TheoryData<string> ClientFields => ["grant_type", "client_id", "client_secret", "client_assertion", "client_assertion_type", ""];

    [Theory]
    [MemberData(nameof(ClientFields))]
    public void A_custom_grant_cannot_say_who_the_client_is(string field) =>
        Assert.Throws<ArgumentException>("fields", () => Grant.Custom("urn:own", [new(field, "x")]));

    public static TheoryData<string> WithoutAnAssertionOfOurs => ["one assertion", "client_credentials", "refresh_token", "exchange", "custom"];

    [Theory]
    [MemberData(nameof(WithoutAnAssertionOfOurs))]
    public void A_grant_without_an_assertion_to_be_made_has_no_place_for_a_subject_or_claims(string kind)
    {
        TokenRequest[] requests = [new() { Subject = "alice" }, new() { Claims = new Dictionary<string, object> { ["tenant"] = "t" } }];

        foreach (var request in requests)
        {
            var error = Assert.Throws<JwtGrantException>(() => kind switch
            {
                "one assertion" => Grant.JwtBearer("a.b.c", request),
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
