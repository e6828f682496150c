using System.Net;
using System.Text.Json;
using JwtGrantClient.Tests.TestSupport;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;

namespace JwtGrantClient.Tests.Sources;

/// <summary>A token request can have the token of a user, which is exchanged or is the grant. The cache has an entry for each user and keeps no token of a user.</summary>
public sealed class UserTokenTests : IAsyncDisposable
{
    private readonly FakeTimeProvider _time = new(TestData.Moment);
    private readonly FakeTokenEndpoint _endpoint = new();
    private JwtGrantTokenSource? _tokens;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private static TokenRequest Alice => new() { Assertion = Jwt.CreateFake(TestData.Moment.AddHours(2)) };

    public ValueTask DisposeAsync() => _tokens?.DisposeAsync() ?? default;

    [Fact]
    public async Task The_tokens_of_the_request_are_exchanged_with_their_types()
    {
        Create(GrantType.TokenExchange);

        await GetAsync(new() { SubjectToken = new("alice", TokenTypes.IdToken), ActorToken = new("orders", TokenTypes.Jwt), Scope = "read" });

        var form = _endpoint.Forms[0];
        Assert.Equal(
            ("alice", TokenTypes.IdToken, "orders", TokenTypes.Jwt, "read"),
            (form["subject_token"], form["subject_token_type"], form["actor_token"], form["actor_token_type"], form["scope"]));
    }

    [Theory]
    [InlineData(GrantType.JwtBearer), InlineData(GrantType.Saml2Bearer)]
    public async Task The_assertion_of_the_request_is_the_grant(GrantType grant)
    {
        Create(grant);

        await GetAsync(new() { Assertion = "PHNhbWw-" });

        Assert.Equal("PHNhbWw-", _endpoint.Forms[0]["assertion"]);
    }

    [Theory]
    [InlineData(GrantType.JwtBearer), InlineData(GrantType.TokenExchange)]
    public async Task A_token_of_the_request_replaces_that_of_the_settings(GrantType grant)
    {
        using var folder = new TemporaryFolder();
        Create(grant, options =>
        {
            (options.Assertion.FromRequest, options.TokenExchange.SubjectTokenFromRequest) = (false, false);
            if (grant == GrantType.TokenExchange)
                options.TokenExchange.SubjectTokenFile = folder.Write("own.jwt", Jwt.CreateFake(TestData.Moment.AddHours(1)));
        });

        await GetAsync(grant == GrantType.JwtBearer ? new() { Assertion = "alice" } : new() { SubjectToken = new("alice", TokenTypes.Jwt) });
        await GetAsync(TokenRequest.Default);

        var field = grant == GrantType.JwtBearer ? "assertion" : "subject_token";
        Assert.Equal("alice", _endpoint.Forms[0][field]);
        Assert.NotEqual("alice", _endpoint.Forms[1][field]);
    }

    [Fact]
    public async Task Each_user_has_a_token_of_their_own_which_is_cached()
    {
        Create(GrantType.TokenExchange);
        var users = new[] { "alice", "bob", "alice", "bob" };

        var values = new List<string>();
        foreach (var user in users)
            values.Add((await GetAsync(new() { SubjectToken = new(user, TokenTypes.AccessToken) })).Value);

        Assert.Equal(["token-1", "token-2", "token-1", "token-2"], values);
    }

    [Fact]
    public void The_request_that_the_cache_keeps_is_equal_and_has_no_token()
    {
        var request = new TokenRequest { SubjectToken = new("alice", TokenTypes.Jwt), ActorToken = new("orders", TokenTypes.Jwt), Assertion = "assertion", Subject = "alice" };

        var kept = request.WithoutTokenTexts();

        Assert.Equal((null, null, null, "alice"), (kept.SubjectToken, kept.ActorToken, kept.Assertion, kept.Subject));
        Assert.Equal(request, kept);
        Assert.Equal(request.GetHashCode(), kept.GetHashCode());
        Assert.NotEqual(request, new() { Subject = "alice" });
    }

    [Fact]
    public void The_text_and_the_JSON_of_a_request_do_not_contain_its_tokens()
    {
        var request = new TokenRequest { SubjectToken = new("secret-1", TokenTypes.Jwt), ActorToken = new("secret-2", TokenTypes.Jwt), Assertion = "secret-3" };

        Assert.DoesNotContain("secret", $"{request} {JsonSerializer.Serialize(request)} {request.Tokens}", StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_token_is_not_used_after_the_JWT_of_the_user_has_expired()
    {
        Create(GrantType.JwtBearer);
        var request = new TokenRequest { Assertion = Jwt.CreateFake(TestData.Moment.AddMinutes(10)) };
        await GetAsync(request);
        _time.Advance(TimeSpan.FromMinutes(9));
        await GetAsync(request);
        _time.Advance(TimeSpan.FromMinutes(1));

        var error = await Assert.ThrowsAsync<JwtGrantException>(() => GetAsync(request));

        Assert.Equal((JwtGrantErrorKind.Configuration, "input_token_expired", 1), (error.Kind, error.Code, _endpoint.Requests));
    }

    [Theory]
    [InlineData("subject"), InlineData("actor"), InlineData("assertion")]
    public async Task A_JWT_that_has_expired_is_not_sent(string token)
    {
        Create(token == "assertion" ? GrantType.JwtBearer : GrantType.TokenExchange);
        var (expired, valid) = (Jwt.CreateFake(TestData.Moment), new TypedToken(Jwt.CreateFake(TestData.Moment.AddHours(1)), TokenTypes.Jwt));

        var error = await Assert.ThrowsAsync<JwtGrantException>(() => GetAsync(token switch
        {
            "subject" => new() { SubjectToken = new(expired, TokenTypes.Jwt), ActorToken = valid },
            "actor" => new() { SubjectToken = valid, ActorToken = new(expired, TokenTypes.Jwt) },
            _ => new() { Assertion = expired },
        }));

        Assert.Equal(("input_token_expired", 0), (error.Code, _endpoint.Requests));
        Assert.Contains("expired at 2026-11-23 09:00:00Z", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_refresh_in_the_background_sends_the_token_of_the_call_that_started_it()
    {
        Create(GrantType.JwtBearer, options => (options.Refresh.EarliestFraction, options.Refresh.LatestFraction) = (0.5, 0.5));
        await GetAsync(Alice);
        var refreshed = new TaskCompletionSource();
        _endpoint.OnRequest = refreshed.SetResult;
        _time.Advance(TimeSpan.FromMinutes(31));

        Assert.Equal("token-1", (await GetAsync(Alice)).Value);
        await refreshed.Task.WithTimeout();

        Assert.Equal(Alice.Assertion, _endpoint.Forms[1]["assertion"]);
    }

    [Theory]
    [InlineData(GrantType.JwtBearer, "Assertion"), InlineData(GrantType.Saml2Bearer, "Assertion"), InlineData(GrantType.TokenExchange, "SubjectToken")]
    public async Task A_request_without_the_token_is_an_error(GrantType grant, string property)
    {
        Create(grant);

        var error = await Assert.ThrowsAsync<JwtGrantException>(() => GetAsync(TokenRequest.Default));

        Assert.Equal(("input_token_missing", 0), (error.Code, _endpoint.Requests));
        Assert.StartsWith($"The token request has no {property}, ", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(GrantType.ClientCredentials, "SubjectToken"), InlineData(GrantType.ClientCredentials, "ActorToken"), InlineData(GrantType.ClientCredentials, "Assertion")]
    [InlineData(GrantType.JwtBearer, "SubjectToken"), InlineData(GrantType.TokenExchange, "Assertion")]
    public async Task A_token_that_the_grant_does_not_send_is_an_error(GrantType grant, string property)
    {
        Create(grant);
        var token = new TypedToken("alice", TokenTypes.Jwt);

        var error = await Assert.ThrowsAsync<JwtGrantException>(() => GetAsync(property switch
        {
            "SubjectToken" => new() { SubjectToken = token },
            "ActorToken" => new() { ActorToken = token },
            _ => new() { Assertion = "alice" },
        }));

        Assert.Equal(("input_token_not_used", 0), (error.Code, _endpoint.Requests));
    }

    [Fact]
    public async Task The_handler_uses_the_token_of_the_user_of_each_request_and_replaces_a_rejected_one()
    {
        var tokens = Create(GrantType.JwtBearer);
        var received = new List<string?>();
        var api = new StubHandler(request =>
        {
            received.Add(request.Headers.Authorization?.Parameter);
            return new(received.Count == 2 ? HttpStatusCode.Unauthorized : HttpStatusCode.OK);
        });
        using var http = new HttpMessageInvoker(new AccessTokenHandler(tokens, ProtectedApi.Options()) { InnerHandler = api });

        foreach (var user in new[] { Alice, Alice, new() { Assertion = "bob" } })
            await http.SendAsync(new HttpRequestMessage(HttpMethod.Get, ProtectedApi.Address).SetTokenRequest(user), Cancellation);

        Assert.Equal(["token-1", "token-1", "token-2", "token-3"], received);
        Assert.Equal([Alice.Assertion, Alice.Assertion, "bob"], _endpoint.Forms.Select(form => form["assertion"]));
    }

    [Fact]
    public async Task At_sign_out_all_tokens_of_the_user_are_forgotten_in_all_steps()
    {
        await using var chain = CreateChain();
        foreach (var token in new[] { "alice-1", "alice-2" })
            await chain.GetAsync(request: new() { Subject = "alice", SubjectToken = new(token, TokenTypes.IdToken) });
        await chain.GetAsync(request: new() { Subject = "bob", SubjectToken = new("bob", TokenTypes.IdToken) });

        await chain.Services.GetRequiredKeyedService<ITokenRevocation>("outer").ForgetSubjectAsync("alice", Cancellation).WithTimeout();
        await chain.GetAsync(request: new() { Subject = "alice", SubjectToken = new("alice-2", TokenTypes.IdToken) });
        await chain.GetAsync(request: new() { Subject = "bob", SubjectToken = new("bob", TokenTypes.IdToken) });

        Assert.Equal(["alice-1", "alice-2", "bob", "alice-2"], chain.Inner.Forms.Select(form => form["subject_token"]));
        Assert.Equal(["token-1", "token-2", "token-3", "token-4"], chain.Sent);
    }

    [Fact]
    public async Task The_token_of_a_user_goes_to_the_first_step_of_a_chain()
    {
        await using var chain = CreateChain();

        await chain.GetAsync(request: new() { SubjectToken = new("alice", TokenTypes.IdToken), ActorToken = new("orders", TokenTypes.Jwt), Scope = "read" });

        Assert.Equal(("alice", "orders", null), (chain.Inner.Forms[0]["subject_token"], chain.Inner.Forms[0]["actor_token"], chain.Inner.Forms[0]["scope"]));
        Assert.Equal(("token-1", "read"), (chain.Outer.Forms[0]["assertion"], chain.Outer.Forms[0]["scope"]));
    }

    [Fact]
    public async Task A_token_that_no_step_of_a_chain_sends_is_an_error()
    {
        await using var chain = new TokenChain("Assertion:From");

        var error = await chain.FailAsync(new() { SubjectToken = new("alice", TokenTypes.IdToken) });

        Assert.Equal(("input_token_not_used", "inner"), (error.Code, error.Client));
    }

    private static TokenChain CreateChain() => new("Assertion:From", add: services => services.Configure<JwtGrantOptions>(
        "inner", options => (options.Grant, options.TokenExchange.SubjectTokenFromRequest) = (GrantType.TokenExchange, true)));

    private JwtGrantTokenSource Create(GrantType grant, Action<JwtGrantOptions>? configure = null)
    {
        var options = new JwtGrantOptions
        {
            TokenEndpoint = TestData.TokenEndpoint, ClientId = TestData.ClientId, Grant = grant,
            ClientAuthentication = ClientAuthenticationMethod.ClientSecretPost, ClientSecret = "not a secret",
        };
        options.Assertion.FromRequest = grant is GrantType.JwtBearer or GrantType.Saml2Bearer;
        options.TokenExchange.SubjectTokenFromRequest = grant == GrantType.TokenExchange;
        configure?.Invoke(options);
        if (grant == GrantType.JwtBearer && !options.Assertion.FromRequest)
            options.SigningKey.Text = TestData.RsaPrivatePem;
        return _tokens = JwtGrantTokenSource.Create(options, tokenEndpointHandler: _endpoint.Handler, timeProvider: _time);
    }

    private Task<AccessToken> GetAsync(TokenRequest request) => _tokens!.GetTokenAsync(request, Cancellation).AsTask().WithTimeout();
}
