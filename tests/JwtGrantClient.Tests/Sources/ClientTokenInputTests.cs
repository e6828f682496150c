using System.Net;
using JwtGrantClient.Tests.TestSupport;
using Microsoft.Extensions.DependencyInjection;

namespace JwtGrantClient.Tests.Sources;

/// <summary>A client sends the token of another client, from the cache of that client.</summary>
public sealed class ClientTokenInputTests
{
    public static TheoryData<string> Settings => [.. TokenChain.Settings.Keys];

    [Theory]
    [MemberData(nameof(Settings))]
    public async Task The_token_of_the_other_client_is_sent(string setting)
    {
        await using var chain = new TokenChain(setting);

        await chain.GetAsync();

        Assert.Equal(["token-1"], chain.Sent);
        Assert.Equal(1, chain.Inner.Requests);
    }

    [Theory]
    [MemberData(nameof(Settings))]
    public async Task The_token_comes_from_the_cache_of_the_other_client(string setting)
    {
        await using var chain = new TokenChain(setting);
        await chain.GetAsync("inner");

        await chain.GetAsync();
        await chain.GetAsync(request: new() { Scope = "read" });

        Assert.Equal(["token-1", "token-1"], chain.Sent);
        Assert.Equal(1, chain.Inner.Requests);
    }

    [Theory]
    [InlineData("TokenExchange:SubjectTokenFrom", "subject_token_type"), InlineData("TokenExchange:ActorTokenFrom", "actor_token_type")]
    public async Task The_type_of_a_token_to_exchange_is_that_of_the_other_client(string setting, string field)
    {
        await using var chain = new TokenChain(setting);
        await using var typed = new TokenChain(
            setting, options => (options.TokenExchange.SubjectTokenType, options.TokenExchange.ActorTokenType) = (TokenTypes.IdToken, TokenTypes.IdToken));
        await chain.GetAsync();
        await typed.GetAsync();

        Assert.Equal((TokenTypes.AccessToken, TokenTypes.IdToken), (chain.Outer.Forms[0][field], typed.Outer.Forms[0][field]));
    }

    [Theory]
    [MemberData(nameof(Settings))]
    public async Task The_next_attempt_carries_the_token_of_the_moment(string setting)
    {
        await using var chain = new TokenChain(setting, options => options.Retry.Delay = TimeSpan.FromMinutes(1), services => services
            .Configure<JwtGrantOptions>("inner", options => options.Assertion.Subject = "inner"));
        chain.Outer.ResponseOverride = number => number == 1 ? new HttpResponseMessage(HttpStatusCode.ServiceUnavailable) : null;
        // The token expires while the outer client waits for its next attempt.
        chain.Outer.OnRequest = () => chain.Time.Advance(chain.Outer.Requests == 1 ? TimeSpan.FromHours(2) : TimeSpan.Zero);

        var error = await chain.FailAsync();
        chain.Time.Advance(TimeSpan.FromMinutes(1));
        await chain.GetAsync();

        Assert.True(error.IsTransient);
        Assert.Equal(["token-1", "token-2"], chain.Sent);
    }

    [Theory]
    [MemberData(nameof(Settings))]
    public async Task With_InputReuse_Once_each_attempt_has_a_new_token_that_is_not_cached(string setting)
    {
        await using var chain = new TokenChain(setting, options => (options.InputReuse, options.Retry.Delay) = (InputReuse.Once, TimeSpan.FromMilliseconds(10)));
        chain.Outer.ResponseOverride = number => number == 1 ? new HttpResponseMessage(HttpStatusCode.BadGateway) : null;
        await chain.GetAsync("inner");

        await chain.Time.AdvanceDelaysUntilCompletedAsync(chain.GetAsync(), longest: TimeSpan.FromMilliseconds(10));

        // With an actor, each request has two tokens of the inner client.
        var tokens = chain.Outer.Forms.SelectMany(form => new[] { form[chain.Field], chain.Field == "actor_token" ? form["subject_token"] : null }).OfType<string>().ToList();
        Assert.Equal((2, tokens.Count), (chain.Outer.Requests, tokens.Distinct().Count()));
        Assert.DoesNotContain("token-1", tokens);
        Assert.Equal("token-1", (await chain.GetAsync("inner")).Value);
    }

    [Fact]
    public async Task With_InputReuse_Once_the_attempt_with_a_DPoP_nonce_has_a_new_token()
    {
        await using var chain = new TokenChain("Assertion:From", options => (options.InputReuse, options.DPoP.Enabled) = (InputReuse.Once, true));
        chain.Outer.ResponseOverride = number => RequireNonce(number, new HttpResponseMessage(HttpStatusCode.OK)
        {
            Content = new StringContent("""{"access_token":"t","token_type":"DPoP","expires_in":3600}"""),
        });

        await chain.GetAsync();

        Assert.Equal(["token-1", "token-2"], chain.Sent);
    }

    [Fact]
    public async Task The_attempt_with_a_DPoP_nonce_does_not_take_the_place_of_the_other_client_at_the_same_endpoint()
    {
        await using var chain = new TokenChain(
            "Assertion:From",
            options => (options.InputReuse, options.DPoP.Enabled) = (InputReuse.Once, true),
            services => services.ConfigureAll<JwtGrantOptions>(options => options.EndpointLimits.MaxConcurrentRequests = 1));
        chain.Outer.ResponseOverride = number => RequireNonce(number, new HttpResponseMessage(HttpStatusCode.OK)
        {
            Content = new StringContent("""{"access_token":"t","token_type":"DPoP","expires_in":3600}"""),
        });

        await chain.GetAsync();

        Assert.Equal(["token-1", "token-2"], chain.Sent);
    }

    [Fact]
    public async Task With_InputReuse_Once_only_one_attempt_follows_for_a_DPoP_nonce()
    {
        await using var chain = new TokenChain("Assertion:From", options => (options.InputReuse, options.DPoP.Enabled) = (InputReuse.Once, true));
        chain.Outer.ResponseOverride = _ => RequireNonce(1, null!);

        var error = await chain.FailAsync();

        Assert.Equal(("use_dpop_nonce", 2, 2), (error.Error, chain.Inner.Requests, chain.Outer.Requests));
    }

    [Fact]
    public async Task The_subject_of_a_request_is_the_subject_of_the_other_client()
    {
        await using var chain = new TokenChain("Assertion:From");

        await chain.GetAsync(request: new() { Subject = "alice", Scope = "read", Claims = new Dictionary<string, object> { ["tenant"] = "t1" } });

        var inner = Jwt.Parse(chain.Inner.Forms[0]["assertion"]!);
        Assert.Equal(("alice", "t1", null), (inner["sub"], inner["tenant"], chain.Inner.Forms[0]["scope"]));
        Assert.Equal("read", chain.Outer.Forms[0]["scope"]);
    }

    [Fact]
    public async Task The_token_of_the_client_itself_has_no_subject_of_a_user()
    {
        await using var chain = new TokenChain("TokenExchange:ActorTokenFrom");

        await chain.GetAsync(request: new() { Subject = "alice" });

        Assert.Equal(
            ["alice", TestData.ClientId], chain.Inner.Forms.Select(form => Jwt.Parse(form["assertion"]!)["sub"]).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task A_subject_that_the_other_client_cannot_use_is_an_error()
    {
        await using var chain = new TokenChain("Assertion:From", add: services => services.Configure<JwtGrantOptions>("inner", options =>
            (options.Grant, options.ClientAuthentication) = (GrantType.ClientCredentials, ClientAuthenticationMethod.PrivateKeyJwt)).PostConfigure<JwtGrantOptions>(
            "inner", options => options.ClientAssertion.Audience = "as"));

        var error = await chain.FailAsync(new() { Subject = "alice" });

        Assert.Equal("subject_without_assertion", error.Code);
        Assert.Equal((0, 0), (chain.Inner.Requests, chain.Outer.Requests));
    }

    [Fact]
    public async Task IAssertionSource_returns_the_token_of_the_other_client()
    {
        await using var chain = new TokenChain("ClientAssertion:From");

        var assertion = await chain.Services.GetRequiredKeyedService<IAssertionSource>("outer").GetAssertionAsync(TestContext.Current.CancellationToken);

        Assert.Equal("token-1", assertion.Value);
    }

    [Fact]
    public async Task ITokenEndpoint_and_revocation_authenticate_with_the_token_of_the_other_client()
    {
        await using var chain = new TokenChain("ClientAssertion:From", options => options.RevocationEndpoint = "https://as.example.com/revoke");
        chain.Outer.ResponseOverride = number => number == 2 ? new HttpResponseMessage(HttpStatusCode.OK) : null;

        await chain.Services.GetRequiredKeyedService<ITokenEndpoint>("outer").RequestAsync(Grant.ClientCredentials(), TestContext.Current.CancellationToken);
        await chain.Services.GetRequiredKeyedService<ITokenRevocation>("outer").RevokeTokenAsync("a-token", cancellationToken: TestContext.Current.CancellationToken);

        Assert.Equal(["token-1", "token-1"], chain.Sent);
        Assert.Equal("a-token", chain.Outer.Forms[1]["token"]);
    }

    [Fact]
    public async Task Clients_without_a_container_are_passed_to_Create()
    {
        var (innerEndpoint, outerEndpoint) = (new FakeTokenEndpoint(), new FakeTokenEndpoint());
        var options = TestClient.Options();
        options.Assertion.From = "hr";
        await using var inner = JwtGrantTokenSource.Create(TestClient.Options(), tokenEndpointHandler: innerEndpoint.Handler);
        await using var outer = JwtGrantTokenSource.Create(
            options, tokenEndpointHandler: outerEndpoint.Handler, clients: new Dictionary<string, JwtGrantTokenSource> { ["hr"] = inner });

        await outer.GetTokenAsync(TestContext.Current.CancellationToken);

        Assert.Equal("token-1", outerEndpoint.Forms[0]["assertion"]);
    }

    private static HttpResponseMessage RequireNonce(int number, HttpResponseMessage success)
    {
        var response = number == 1 ? FakeTokenEndpoint.ErrorResponse("use_dpop_nonce") : success;
        response.Headers.Add("DPoP-Nonce", $"nonce-{Guid.NewGuid()}");
        return response;
    }
}
