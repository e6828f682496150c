using System.Security.Cryptography;
using System.Text.Json.Nodes;
using JwtGrantClient.DPoP;
using JwtGrantClient.Tests.TestSupport;
using Microsoft.Extensions.DependencyInjection;

namespace JwtGrantClient.Tests.Sources;

/// <summary>
/// An ID-JAG is checked before it is sent to the second server, and scope and resources of the token request go to both steps
/// (draft-ietf-oauth-identity-assertion-authz-grant).
/// </summary>
public sealed class IdJagTests
{
    private const string Issuer = "https://partner.example.com", Header = """{"alg":"ES256","typ":"oauth-id-jag+jwt"}""";

    private static readonly string KeyPem = ECDsa.Create(ECCurve.NamedCurves.nistP256).ExportPkcs8PrivateKeyPem();

    private static readonly Dictionary<string, (string Code, string Seen, Func<string> Create)> Wrong = new()
    {
        ["an opaque token"] = ("id_jag_unusable", "is not a JWT; expected", () => "opaque"),
        ["a JWE"] = ("id_jag_unusable", "is not a JWT", () => "a.b.c.d.e"),
        ["a header that is not JSON"] = ("id_jag_unusable", "is not a JWT", () => Jwt.CreateFake("x", Claims().ToJsonString())),
        ["claims that are an array"] = ("id_jag_unusable", "is not a JWT", () => Jwt.CreateFake(Header, "[]")),
        ["claims with aud twice"] = ("id_jag_unusable", "is not a JWT", () => Jwt.CreateFake(Header, $$"""{"aud":"x",{{Claims().ToJsonString()[1..]}}""")),
        ["a segment that is not base64url"] = ("id_jag_unusable", "is not a JWT", () => "a+b." + Create().Split('.', 2)[1]),
        ["no typ"] = ("id_jag_unusable", "has no typ", () => Jwt.CreateFake(Claims().ToJsonString())),
        ["another typ"] = ("id_jag_unusable", "has the typ 'at+jwt'", () => Jwt.CreateFake("""{"alg":"ES256","typ":"at+jwt"}""", Claims().ToJsonString())),
        ["a typ that is a number"] = ("id_jag_unusable", "has no typ", () => Jwt.CreateFake("""{"typ":1}""", Claims().ToJsonString())),
        ["no exp"] = ("id_jag_unusable", "has no exp", () => Create(claims => claims.Remove("exp"))),
        ["no aud"] = ("id_jag_for_another_server", "has no single aud", () => Create(claims => claims.Remove("aud"))),
        ["another aud"] = ("id_jag_for_another_server", "is for 'https://other.example.com'; expected 'https://partner.example.com' (Issuer)", () => Create(claims => claims["aud"] = "https://other.example.com")),
        ["aud with a slash at the end"] = ("id_jag_for_another_server", $"is for '{Issuer}/'", () => Create(claims => claims["aud"] = Issuer + "/")),
        ["two aud"] = ("id_jag_for_another_server", "has no single aud", () => Create(claims => claims["aud"] = new JsonArray(Issuer, "https://other.example.com"))),
        ["no client_id"] = ("id_jag_for_another_client", "has no client_id", () => Create(claims => claims.Remove("client_id"))),
        ["another client_id"] = ("id_jag_for_another_client", $"has the client_id 'other'; expected '{TestData.ClientId}' (ClientId)", () => Create(claims => claims["client_id"] = "other")),
        ["another client_id in other case"] = ("id_jag_for_another_client", "has the client_id", () => Create(claims => claims["client_id"] = TestData.ClientId.ToUpperInvariant())),
        ["cnf without DPoP"] = ("id_jag_key_not_ours", "is bound to a key, but", () => Create(claims => claims["cnf"] = new JsonObject { ["jkt"] = "x" })),
    };

    public static TheoryData<string> WrongCases => [.. Wrong.Keys];

    [Theory]
    [MemberData(nameof(WrongCases))]
    public async Task A_token_that_is_not_the_ID_JAG_for_this_request_is_not_sent(string testCase)
    {
        var (code, seen, create) = Wrong[testCase];
        await using var chain = CreateChain(create);

        var error = await chain.FailAsync(User());

        Assert.Equal((code, "outer", 1, 0), (error.Code, error.Client, chain.Inner.Requests, chain.Outer.Requests));
        Assert.StartsWith("The ID-JAG that client 'inner' obtained for client 'outer' ", error.Message, StringComparison.Ordinal);
        Assert.Contains(seen, error.Message, StringComparison.Ordinal);
        Assert.False(error.IsTransient);
    }

    [Theory]
    [InlineData("OAUTH-ID-JAG+JWT", false), InlineData("application/oauth-id-jag+jwt", false), InlineData("oauth-id-jag+jwt", true)]
    public async Task The_typ_is_a_media_type_and_the_audience_may_be_an_array(string type, bool isArray)
    {
        var jag = Jwt.CreateFake($$"""{"typ":"{{type}}"}""", isArray ? Claims(claims => claims["aud"] = new JsonArray(Issuer)).ToJsonString() : Claims().ToJsonString());
        await using var chain = CreateChain(() => jag);

        await chain.GetAsync(request: User());

        Assert.Equal([jag], chain.Sent);
    }

    [Fact]
    public async Task An_ID_JAG_that_has_expired_on_arrival_is_not_sent()
    {
        await using var chain = CreateChain(() => Create(claims => claims["exp"] = TestData.Moment.ToUnixTimeSeconds()));

        var error = await chain.FailAsync(User());

        Assert.Equal(("token_expired_on_arrival", "inner", 0), (error.Code, error.Client, chain.Outer.Requests));
        Assert.EndsWith("Client 'outer' needs its token (Assertion:From).", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task After_a_correction_at_the_identity_provider_another_ID_JAG_is_sent()
    {
        var client = "other";
        await using var chain = CreateChain(() => Create(claims => claims["client_id"] = client));
        await chain.FailAsync(User());
        client = TestData.ClientId;
        chain.Time.Advance(TimeSpan.FromMinutes(1));

        await chain.GetAsync(request: User());

        Assert.Equal((2, 1), (chain.Inner.Requests, chain.Outer.Requests));
    }

    [Fact]
    public async Task An_ID_JAG_is_not_used_after_its_exp_whatever_expires_in_says()
    {
        TokenChain? chain = null;
        await using (chain = CreateChain(() => Create(claims => claims["exp"] = chain!.Time.GetUtcNow().ToUnixTimeSeconds() + 60)))
        {
            await chain.GetAsync(request: User("read"));
            await chain.GetAsync("inner", User("read"));
            chain.Time.Advance(TimeSpan.FromSeconds(61));

            await chain.GetAsync("inner", User("read"));

            Assert.Equal(2, chain.Inner.Requests);
        }
    }

    [Fact]
    public async Task An_ID_JAG_that_is_bound_to_the_key_of_the_client_is_sent()
    {
        await using var chain = CreateChain(() => Create(claims => claims["cnf"] = new JsonObject { ["jkt"] = Thumbprint }), BindBoth);
        chain.Outer.ResponseOverride = _ => Respond("""{"access_token":"t","token_type":"DPoP","expires_in":3600}""");

        Assert.Equal("DPoP", (await chain.GetAsync(request: User())).Type);
    }

    [Theory]
    [InlineData("""{"jkt":"other"}""", "is bound to the key with the thumbprint other; expected "), InlineData("""{"x5t#S256":"x"}""", "is bound to something else than a DPoP key")]
    [InlineData("\"x\"", "is bound to something else than a DPoP key"), InlineData(null, "is not bound to a key, although it was requested with a DPoP proof")]
    public async Task An_ID_JAG_that_is_not_bound_to_the_key_of_the_client_is_not_sent(string? confirmation, string seen)
    {
        await using var chain = CreateChain(
            () => Create(claims =>
            {
                if (confirmation is not null)
                    claims["cnf"] = JsonNode.Parse(confirmation);
            }),
            BindBoth);

        var error = await chain.FailAsync(User());

        Assert.Equal(("id_jag_key_not_ours", JwtGrantErrorKind.Configuration, 0), (error.Code, error.Kind, chain.Outer.Requests));
        Assert.Contains(seen, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Scope_resources_and_authorization_details_of_the_request_go_to_both_steps()
    {
        await using var chain = CreateChain(() => Create());

        await chain.GetAsync(request: new()
        {
            Subject = "alice", SubjectToken = new("alice", TokenTypes.IdToken), Scope = "read", Resource = ["https://files.example.com"],
            AuthorizationDetails = """[{"type":"files"}]""", Parameters = new Dictionary<string, string> { ["login_hint"] = "alice" },
        });

        foreach (var form in new[] { chain.Inner.Forms[0], chain.Outer.Forms[0] })
            Assert.Equal(("read", "https://files.example.com", """[{"type":"files"}]"""), (form["scope"], form["resource"], form["authorization_details"]));
        Assert.Equal((null, "alice"), (chain.Inner.Forms[0]["login_hint"], chain.Outer.Forms[0]["login_hint"]));
    }

    [Fact]
    public async Task The_scope_of_the_second_clients_settings_goes_to_both_steps_and_that_of_the_first_is_the_default()
    {
        await using var chain = CreateChain(() => Create(), outer: options => options.Scope = "outer", inner: options => (options.Scope, options.Resource) = ("inner", ["urn:example:inner"]));
        await using var other = CreateChain(() => Create(), inner: options => options.Scope = "inner");

        await chain.GetAsync(request: User());
        await other.GetAsync(request: User());

        Assert.Equal(("outer", "urn:example:inner", "outer"), (chain.Inner.Forms[0]["scope"], chain.Inner.Forms[0]["resource"], chain.Outer.Forms[0]["scope"]));
        Assert.Equal(("inner", null), (other.Inner.Forms[0]["scope"], other.Outer.Forms[0]["scope"]));
    }

    [Fact]
    public async Task Both_steps_are_cached_by_user_resource_and_scope()
    {
        await using var chain = CreateChain(() => Create(claims => claims["jti"] = Guid.NewGuid().ToString()));
        TokenRequest[] requests =
        [
            User("read"), User("write"), User("read", user: "bob"),
            new() { Subject = "alice", SubjectToken = new("alice", TokenTypes.IdToken), Scope = "read", Resource = ["https://files.example.com"] },
        ];

        foreach (var request in requests.Concat(requests))
            await chain.GetAsync(request: request);

        Assert.Equal((4, 4, 4), (chain.Inner.Requests, chain.Outer.Requests, chain.Sent.Distinct().Count()));
    }

    [Fact]
    public async Task In_identity_chaining_the_scope_goes_to_both_steps_and_the_resource_to_the_second()
    {
        await using var chain = CreateChain(() => "jwt", inner: options => options.TokenExchange.RequestedTokenType = TokenTypes.Jwt);

        await chain.GetAsync(request: new() { SubjectToken = new("alice", TokenTypes.AccessToken), Scope = "read", Resource = ["https://files.example.com"] });

        Assert.Equal(("read", null), (chain.Inner.Forms[0]["scope"], chain.Inner.Forms[0]["resource"]));
        Assert.Equal(("jwt", "read", "https://files.example.com"), (chain.Sent.Single(), chain.Outer.Forms[0]["scope"], chain.Outer.Forms[0]["resource"]));
    }

    [Theory]
    [InlineData("Issuer"), InlineData("ClientId")]
    public async Task A_client_that_an_ID_JAG_cannot_be_compared_with_does_not_start(string missing)
    {
        await using var chain = CreateChain(() => Create(), outer: options =>
        {
            if (missing == "Issuer")
                options.Issuer = null;
            else
                options.ClientId = null;
        });

        var error = Assert.ThrowsAny<Exception>(() => chain["outer"]);

        Assert.Contains($"which requests ID-JAGs, but {missing} is not set.", error.Message, StringComparison.Ordinal);
    }

    private static string Thumbprint => DPoPKey.Create(new() { Text = KeyPem }).Thumbprint;

    private static JsonObject Claims(Action<JsonObject>? change = null)
    {
        var claims = new JsonObject
        {
            ["iss"] = "https://idp.example.com", ["sub"] = "alice", ["aud"] = Issuer, ["client_id"] = TestData.ClientId, ["jti"] = "1",
            ["iat"] = TestData.Moment.ToUnixTimeSeconds(), ["exp"] = TestData.Moment.ToUnixTimeSeconds() + 300,
        };
        change?.Invoke(claims);
        return claims;
    }

    private static string Create(Action<JsonObject>? change = null) => Jwt.CreateFake(Header, Claims(change).ToJsonString());

    private static TokenRequest User(string? scope = null, string user = "alice") => new() { Subject = user, SubjectToken = new(user, TokenTypes.IdToken), Scope = scope };

    private static void BindBoth(JwtGrantOptions options) => (options.DPoP.Enabled, options.DPoP.SigningKey.Text) = (true, KeyPem);

    private static HttpResponseMessage Respond(string json) => new(System.Net.HttpStatusCode.OK) { Content = new StringContent(json) };

    private static TokenChain CreateChain(
        Func<string> createAssertion, Action<JwtGrantOptions>? both = null, Action<JwtGrantOptions>? outer = null, Action<JwtGrantOptions>? inner = null)
    {
        var chain = new TokenChain(
            "Assertion:From",
            options =>
            {
                options.Issuer = Issuer;
                both?.Invoke(options);
                outer?.Invoke(options);
            },
            services => services.Configure<JwtGrantOptions>("inner", options =>
            {
                (options.Grant, options.TokenExchange.SubjectTokenFromRequest, options.TokenExchange.RequestedTokenType) = (GrantType.TokenExchange, true, TokenTypes.IdJag);
                both?.Invoke(options);
                inner?.Invoke(options);
            }));
        chain.Inner.ResponseOverride = _ => Respond($$"""{"access_token":"{{createAssertion()}}","token_type":"N_A","expires_in":300}""");
        return chain;
    }
}
