using System.Net;
using JwtGrantClient.Tests.TestSupport;

namespace JwtGrantClient.Tests.Http;

/// <summary>The callback for an API that requires another token: more scope (RFC 6750 section 3.1), or another authentication of the user (RFC 9470).</summary>
public sealed class TokenChallengeTests
{
    private const string MoreScope = """Bearer error="insufficient_scope", scope="reports.read reports.write" """;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_scope_that_the_API_requires_gets_a_token_with_which_the_request_is_sent_once_more()
    {
        await using var api = Create(token => token == "token-1" ? Forbidden(MoreScope) : ProtectedApi.Ok(), WithScope);
        await api.CacheFirstTokenAsync();

        using var response = await api.PostAsync(new StringContent("{}"));

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal(["token-1", "token-2"], api.TokensReceived);
        Assert.Equal(["{}", "{}"], api.Bodies);
        Assert.Equal("reports.read reports.write", api.Endpoint.Forms[^1]["scope"]);
    }

    [Fact]
    public async Task A_token_that_the_same_call_acquired_can_be_insufficient()
    {
        await using var api = Create(token => token == "token-1" ? Forbidden(MoreScope) : ProtectedApi.Ok(), WithScope);

        using var response = await api.GetAsync();

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal(["token-1", "token-2"], api.TokensReceived);
    }

    [Fact]
    public async Task A_replaced_token_can_be_insufficient()
    {
        await using var api = Create(
            token => token switch { "token-1" => ProtectedApi.Unauthorized(), "token-2" => Forbidden(MoreScope), _ => ProtectedApi.Ok() }, WithScope);
        await api.CacheFirstTokenAsync();

        using var response = await api.GetAsync();

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal(["token-1", "token-2", "token-3"], api.TokensReceived);
    }

    [Fact]
    public async Task The_callback_is_called_once_for_a_request()
    {
        var calls = 0;
        using var second = Forbidden(MoreScope);
        await using var api = Create(token => token == "token-1" ? Forbidden(MoreScope) : second, challenge =>
        {
            calls++;
            return WithScope(challenge);
        });

        Assert.Same(second, await api.GetAsync());

        Assert.Equal(1, calls);
        Assert.Equal(["token-1", "token-2"], api.TokensReceived);
    }

    [Fact]
    public async Task A_callback_that_returns_null_or_the_same_request_leaves_the_response_to_the_caller()
    {
        foreach (var callback in new Func<TokenChallenge, TokenRequest?>[] { _ => null, challenge => new TokenRequest(challenge.TokenRequest) })
        {
            using var forbidden = Forbidden(MoreScope);
            await using var api = Create(_ => forbidden, callback);

            Assert.Same(forbidden, await api.GetAsync());

            Assert.Equal(["token-1"], api.TokensReceived);
        }
    }

    [Fact]
    public async Task The_response_of_the_API_is_returned_if_the_other_token_is_refused()
    {
        using var forbidden = Forbidden(MoreScope);
        await using var api = Create(_ => forbidden, WithScope);
        await api.CacheFirstTokenAsync();
        api.Endpoint.ResponseOverride = _ => FakeTokenEndpoint.ErrorResponse("invalid_scope");

        Assert.Same(forbidden, await api.GetAsync());

        Assert.Equal(["token-1"], api.TokensReceived);
    }

    [Fact]
    public async Task An_exception_of_the_callback_reaches_the_caller()
    {
        await using var api = Create(_ => Forbidden(MoreScope), _ => throw new InvalidOperationException("Sign in again."));

        var error = await Assert.ThrowsAsync<InvalidOperationException>(() => api.GetAsync());

        Assert.Equal("Sign in again.", error.Message);
    }

    [Fact]
    public async Task The_callback_is_not_called_for_a_body_that_cannot_be_sent_again()
    {
        using var forbidden = Forbidden(MoreScope);
        await using var api = Create(_ => forbidden, _ => throw new InvalidOperationException("It was called."));

        Assert.Same(forbidden, await api.PostAsync(new StreamContent(new MemoryStream([1]))));
    }

    [Theory]
    [InlineData("""Bearer error="invalid_request" """)]
    [InlineData("""Basic error="insufficient_scope" """)]
    [InlineData("Bearer")]
    public async Task Other_challenges_do_not_reach_the_callback(string challenge)
    {
        foreach (var status in new[] { HttpStatusCode.Forbidden, HttpStatusCode.BadRequest })
        {
            using var refusal = ProtectedApi.Response(status, challenge);
            await using var api = Create(_ => refusal, _ => throw new InvalidOperationException("It was called."));

            Assert.Same(refusal, await api.GetAsync());
        }
    }

    [Fact]
    public async Task A_step_up_challenge_has_the_authentication_that_the_API_requires()
    {
        TokenChallenge? seen = null;
        await using var api = Create(
            token => token == "token-1"
                ? ProtectedApi.Unauthorized("""Bearer error="insufficient_user_authentication", acr_values="urn:mfa urn:hardware", max_age="300" """)
                : ProtectedApi.Ok(),
            challenge =>
            {
                seen = challenge;
                return new TokenRequest(challenge.TokenRequest) { Parameters = new Dictionary<string, string> { ["acr_values"] = challenge.AcrValues! } };
            });
        using var request = new HttpRequestMessage(HttpMethod.Get, ProtectedApi.Address);
        request.SetTokenRequest(new() { Subject = "alice" });

        using var response = await api.SendAsync(request);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.NotNull(seen);
        Assert.Equal(("insufficient_user_authentication", "urn:mfa urn:hardware", TimeSpan.FromMinutes(5)), (seen.Error, seen.AcrValues, seen.MaxAge));
        Assert.Equal((null, null), (seen.Scope, seen.Claims));
        Assert.Equal("alice", seen.TokenRequest.Subject);
        Assert.Same(request, seen.Request);
        Assert.Null(seen.Request.Headers.Authorization);
        Assert.Equal("urn:mfa urn:hardware", api.Endpoint.Forms[^1]["acr_values"]);
    }

    [Theory]
    [InlineData(HttpStatusCode.Unauthorized)]
    [InlineData(HttpStatusCode.Forbidden)]
    public async Task A_claims_challenge_has_the_claims_as_the_API_wrote_them(HttpStatusCode status)
    {
        await using var api = Create(
            token => token == "token-1"
                ? ProtectedApi.Response(status, """Bearer realm="", error="insufficient_claims", claims="eyJhY2Nlc3NfdG9rZW4iOnt9fQ==" """)
                : ProtectedApi.Ok(),
            challenge => new TokenRequest(challenge.TokenRequest) { Parameters = new Dictionary<string, string> { ["claims"] = challenge.Claims! } });

        using var response = await api.GetAsync();

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal("eyJhY2Nlc3NfdG9rZW4iOnt9fQ==", api.Endpoint.Forms[^1]["claims"]);
    }

    [Fact]
    public async Task A_challenge_does_not_contain_the_token_that_the_API_echoes()
    {
        TokenChallenge? seen = null;
        await using var api = Create(
            token => Forbidden($"""Bearer error="insufficient_scope", scope="read {token}", acr_values="{token}", claims="{token}", max_age="soon" """),
            challenge =>
            {
                seen = challenge;
                return null;
            });

        using var response = await api.GetAsync();

        Assert.NotNull(seen);
        Assert.All([seen.Scope, seen.AcrValues, seen.Claims], text => Assert.DoesNotContain("token-1", text!, StringComparison.Ordinal));
        Assert.Null(seen.MaxAge);
    }

    [Fact]
    public async Task A_scope_with_another_syntax_is_null()
    {
        TokenChallenge? seen = null;
        await using var api = Create(_ => Forbidden("""Bearer error="insufficient_scope", scope="two  spaces" """), challenge =>
        {
            seen = challenge;
            return null;
        });

        using var response = await api.GetAsync();

        Assert.NotNull(seen);
        Assert.Null(seen.Scope);
    }

    [Fact]
    public async Task The_callback_of_a_caller_that_cancels_ends_with_the_caller()
    {
        using var caller = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        await using var api = new ProtectedApi(_ => Forbidden(MoreScope), Options(async (_, cancellationToken) =>
        {
            await caller.CancelAsync();
            cancellationToken.ThrowIfCancellationRequested();
            return null;
        }));

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => api.GetAsync(caller.Token));
    }

    private static TokenRequest WithScope(TokenChallenge challenge) => new(challenge.TokenRequest) { Scope = challenge.Scope };

    private static HttpResponseMessage Forbidden(string challenge) => ProtectedApi.Response(HttpStatusCode.Forbidden, challenge);

    private static ProtectedApi Create(Func<string?, HttpResponseMessage> respond, Func<TokenChallenge, TokenRequest?> onChallenge) =>
        new(respond, Options((challenge, _) => new(onChallenge(challenge))));

    private static AccessTokenHandlerOptions Options(Func<TokenChallenge, CancellationToken, ValueTask<TokenRequest?>> onChallenge)
    {
        var options = ProtectedApi.Options();
        options.OnChallenge = onChallenge;
        return options;
    }
}
