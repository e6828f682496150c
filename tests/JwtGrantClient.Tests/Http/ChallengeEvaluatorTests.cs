using System.Net;
using JwtGrantClient.Tests.TestSupport;

namespace JwtGrantClient.Tests.Http;

/// <summary>The table of REFRESH: what the handler does with the API's answer.</summary>
public sealed class ChallengeEvaluatorTests
{
    public static TheoryData<string[]> ChallengesThatANewTokenMayMeet => new((string[][])
    [
        [],
        ["Bearer"],
        ["""Bearer realm="reports" """],
        ["""Bearer error="invalid_token" """],
        ["""bearer ERROR=invalid_token"""],
        ["""Bearer realm="a, b", error="invalid_token", error_description="It \"expired\"" """],
        ["""Basic realm="reports" """, "Bearer"],
        ["""Basic realm="reports", Bearer error="invalid_token" """],
        ["""DPoP algs="ES256" """, """Bearer error="invalid_token" """],
        ["Bearer error"],
        ["""Bearer realm="never closed"""],
        ["""="no scheme" """],
    ]);

    public static TheoryData<string[]> ChallengesThatANewTokenWouldNotMeet => new((string[][])
    [
        ["""Bearer error="invalid_request" """],
        ["""Bearer error="insufficient_scope", scope="admin" """],
        ["""Bearer error="INVALID_TOKEN" """],
        ["""Bearer error="invalid_token" """, """Bearer error="invalid_request" """],
        ["""Basic realm="reports" """],
        ["Negotiate"],
        ["""DPoP error="invalid_token" """],
        ["""DPoP error="use_dpop_nonce" """],
    ]);

    [Theory]
    [MemberData(nameof(ChallengesThatANewTokenMayMeet))]
    public async Task A_401_that_a_new_token_may_cure_is_met_with_one(string[] challenges)
    {
        await using var given = new ProtectedApi(token => token == "token-1" ? ProtectedApi.Unauthorized(challenges) : ProtectedApi.Ok());
        await given.CacheFirstTokenAsync();

        using var response = await given.GetAsync();

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal(["token-1", "token-2"], given.TokensReceived);
        Assert.Contains("Information 6 The API at https://api.example.com responded with 401 to the token; the token is invalidated if it is still the cached one", given.Log.All);
    }

    [Theory]
    [MemberData(nameof(ChallengesThatANewTokenWouldNotMeet))]
    public async Task A_401_for_another_reason_is_returned_untouched_and_the_token_kept(string[] challenges)
    {
        using var answer = ProtectedApi.Unauthorized(challenges);
        await using var given = new ProtectedApi(_ => answer);
        await given.CacheFirstTokenAsync();

        Assert.Same(answer, await given.GetAsync());

        Assert.Equal(["token-1"], given.TokensReceived);
        await given.CacheFirstTokenAsync();
        Assert.Empty(given.Log.All);
    }

    [Theory]
    [InlineData(HttpStatusCode.Forbidden)]
    [InlineData(HttpStatusCode.ProxyAuthenticationRequired)]
    [InlineData(HttpStatusCode.InternalServerError)]
    [InlineData(HttpStatusCode.OK)]
    public async Task No_other_status_gives_a_token_up(HttpStatusCode status)
    {
        await using var given = new ProtectedApi(_ => ProtectedApi.Response(status, """Bearer error="invalid_token" """));
        await given.CacheFirstTokenAsync();

        using var response = await given.GetAsync();

        Assert.Equal(status, response.StatusCode);
        Assert.Equal(["token-1"], given.TokensReceived);
        await given.CacheFirstTokenAsync();
    }

    [Theory]
    [InlineData("""Bearer error="insufficient_scope", scope="reports.write admin" """, "reports.write admin")]
    [InlineData("""Bearer error="insufficient_scope" """, "(null)")]
    [InlineData("Bearer error=\"insufficient_scope\", scope=\"two\tlines\"", "two lines")]
    public async Task A_403_for_want_of_scope_is_returned_and_logged_with_the_scope_that_is_asked_for(string challenge, string scope)
    {
        await using var given = new ProtectedApi(_ => ProtectedApi.Response(HttpStatusCode.Forbidden, """Basic realm="x" """, challenge));
        await given.CacheFirstTokenAsync();

        using var response = await given.GetAsync();

        Assert.Equal(HttpStatusCode.Forbidden, response.StatusCode);
        Assert.Equal(
            [$"Warning 7 The API at https://api.example.com responded with 403 insufficient_scope; it requires the scope '{scope}'"], given.Log.All);
    }

    [Theory]
    [InlineData("Bearer")]
    [InlineData("""Bearer error="invalid_token" """)]
    [InlineData("""DPoP error="insufficient_scope" """)]
    public async Task A_403_for_another_reason_is_the_callers_affair(string challenge)
    {
        await using var given = new ProtectedApi(_ => ProtectedApi.Response(HttpStatusCode.Forbidden, challenge));

        using var response = await given.GetAsync();

        Assert.Empty(given.Log.All);
    }

    [Fact]
    public async Task A_401_to_a_token_acquired_in_this_very_call_is_returned_and_the_token_kept()
    {
        await using var given = new ProtectedApi(_ => ProtectedApi.Unauthorized());

        using var response = await given.GetAsync();

        Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
        Assert.Equal(["token-1"], given.TokensReceived);
        await given.CacheFirstTokenAsync();
    }

    [Fact]
    public async Task An_API_that_refuses_everything_is_asked_twice_at_most()
    {
        await using var given = new ProtectedApi(_ => ProtectedApi.Unauthorized());
        await given.CacheFirstTokenAsync();

        using var response = await given.GetAsync();

        Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
        Assert.Equal(["token-1", "token-2"], given.TokensReceived);
    }

    [Fact]
    public async Task An_API_that_refuses_everything_costs_one_token_request_in_thirty_seconds()
    {
        await using var given = new ProtectedApi(_ => ProtectedApi.Unauthorized());
        await given.CacheFirstTokenAsync();

        for (var i = 0; i < 100; i++)
            (await given.GetAsync()).Dispose();
        Assert.Equal(2, given.Endpoint.Requests);
        Assert.Equal(101, given.Api.Calls);

        given.Time.Advance(TimeSpan.FromSeconds(30));
        for (var i = 0; i < 100; i++)
            (await given.GetAsync()).Dispose();
        Assert.Equal(3, given.Endpoint.Requests);
    }

    [Fact]
    public async Task One_revoked_token_costs_a_hundred_callers_one_new_one()
    {
        await using var given = new ProtectedApi(token => token == "token-1" ? ProtectedApi.Unauthorized() : ProtectedApi.Ok());
        await given.CacheFirstTokenAsync();

        var answers = await Task.WhenAll(Enumerable.Range(0, 100).Select(_ => Task.Run(() => given.GetAsync())));

        Assert.All(answers, answer => Assert.Equal(HttpStatusCode.OK, answer.StatusCode));
        Assert.Equal(2, given.Endpoint.Requests);
    }
}
