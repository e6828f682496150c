using System.Net;
using JwtGrantClient.Tests.TestSupport;

namespace JwtGrantClient.Tests.Http;

/// <summary>What the handler does with the response of the API (RFC 6750 section 3.1).</summary>
public sealed class ChallengeEvaluatorTests
{
    public static TheoryData<string[]> ChallengesForANewToken => new((string[][])
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

    public static TheoryData<string[]> OtherChallenges => new((string[][])
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
    [MemberData(nameof(ChallengesForANewToken))]
    public async Task A_401_that_a_new_token_may_resolve_is_retried_with_one(string[] challenges)
    {
        await using var api = new ProtectedApi(token => token == "token-1" ? ProtectedApi.Unauthorized(challenges) : ProtectedApi.Ok());
        await api.CacheFirstTokenAsync();

        using var response = await api.GetAsync();

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal(["token-1", "token-2"], api.TokensReceived);
        Assert.Contains(api.Log.All, line => line.StartsWith(
            "Information 6 The API at https://api.example.com responded with 401 to the token; the token is replaced if it is still the cached one. Reason of the API: ", StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_log_has_the_reason_of_the_API_for_its_401_without_the_token()
    {
        await using var api = new ProtectedApi(token => token == "token-1"
            ? ProtectedApi.Unauthorized("""Bearer error="invalid_token", error_description="The audience of token-1 is invalid" """) : ProtectedApi.Ok());
        await api.CacheFirstTokenAsync();

        (await api.GetAsync()).Dispose();

        var line = Assert.Single(api.Log.All, line => line.StartsWith("Information 6 ", StringComparison.Ordinal));
        Assert.Contains("Reason of the API: The audience of ", line, StringComparison.Ordinal);
        Assert.EndsWith(" is invalid.", line, StringComparison.Ordinal);
        Assert.DoesNotContain("token-1", line, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(OtherChallenges))]
    public async Task A_401_for_another_reason_is_returned_unchanged_and_the_token_stays_cached(string[] challenges)
    {
        using var unauthorized = ProtectedApi.Unauthorized(challenges);
        await using var api = new ProtectedApi(_ => unauthorized);
        await api.CacheFirstTokenAsync();

        Assert.Same(unauthorized, await api.GetAsync());

        Assert.Equal(["token-1"], api.TokensReceived);
        await api.CacheFirstTokenAsync();
        Assert.Empty(api.Log.All);
    }

    [Theory]
    [InlineData(HttpStatusCode.Forbidden)]
    [InlineData(HttpStatusCode.ProxyAuthenticationRequired)]
    [InlineData(HttpStatusCode.InternalServerError)]
    [InlineData(HttpStatusCode.OK)]
    public async Task A_status_other_than_401_does_not_invalidate_the_token(HttpStatusCode status)
    {
        await using var api = new ProtectedApi(_ => ProtectedApi.Response(status, """Bearer error="invalid_token" """));
        await api.CacheFirstTokenAsync();

        using var response = await api.GetAsync();

        Assert.Equal(status, response.StatusCode);
        Assert.Equal(["token-1"], api.TokensReceived);
        await api.CacheFirstTokenAsync();
    }

    [Theory]
    [InlineData("""Bearer error="insufficient_scope", scope="reports.write admin" """, "reports.write admin")]
    [InlineData("""Bearer error="insufficient_scope" """, "(null)")]
    [InlineData("Bearer error=\"insufficient_scope\", scope=\"two\tlines\"", "two lines")]
    public async Task A_403_insufficient_scope_is_returned_and_logged_with_the_required_scope(string challenge, string scope)
    {
        await using var api = new ProtectedApi(_ => ProtectedApi.Response(HttpStatusCode.Forbidden, """Basic realm="x" """, challenge));
        await api.CacheFirstTokenAsync();

        using var response = await api.GetAsync();

        Assert.Equal(HttpStatusCode.Forbidden, response.StatusCode);
        Assert.Equal(
            [$"Warning 7 The API at https://api.example.com responded with 403 insufficient_scope; it requires the scope '{scope}'"], api.Log.All);
    }

    [Theory]
    [InlineData("Bearer")]
    [InlineData("""Bearer error="invalid_token" """)]
    [InlineData("""DPoP error="insufficient_scope" """)]
    public async Task A_403_for_another_reason_is_returned_and_not_logged(string challenge)
    {
        await using var api = new ProtectedApi(_ => ProtectedApi.Response(HttpStatusCode.Forbidden, challenge));

        using var response = await api.GetAsync();

        Assert.Empty(api.Log.All);
    }

    [Fact]
    public async Task A_401_for_a_token_that_was_acquired_in_the_same_call_is_returned_and_the_token_stays_cached()
    {
        await using var api = new ProtectedApi(_ => ProtectedApi.Unauthorized());
        // The call waits for the token: one that is there at once counts as cached.
        var tokenIsSent = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        api.Endpoint.DelayResponseUntil = tokenIsSent.Task;

        var call = api.GetAsync();
        tokenIsSent.SetResult();
        using var response = await call;

        Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
        Assert.Equal(["token-1"], api.TokensReceived);
        await api.CacheFirstTokenAsync();
    }

    [Fact]
    public async Task An_API_that_rejects_every_token_gets_at_most_two_requests_per_call()
    {
        await using var api = new ProtectedApi(_ => ProtectedApi.Unauthorized());
        await api.CacheFirstTokenAsync();

        using var response = await api.GetAsync();

        Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
        Assert.Equal(["token-1", "token-2"], api.TokensReceived);
    }

    [Fact]
    public async Task An_API_that_rejects_every_token_causes_one_token_request_in_30_seconds()
    {
        await using var api = new ProtectedApi(_ => ProtectedApi.Unauthorized());
        await api.CacheFirstTokenAsync();

        for (var i = 0; i < 100; i++)
            (await api.GetAsync()).Dispose();
        Assert.Equal(2, api.Endpoint.Requests);
        Assert.Equal(101, api.Api.Calls);

        api.Time.Advance(TimeSpan.FromSeconds(30));
        for (var i = 0; i < 100; i++)
            (await api.GetAsync()).Dispose();
        Assert.Equal(3, api.Endpoint.Requests);
    }

    [Fact]
    public async Task A_revoked_token_is_replaced_once_for_100_concurrent_callers()
    {
        await using var api = new ProtectedApi(token => token == "token-1" ? ProtectedApi.Unauthorized() : ProtectedApi.Ok());
        await api.CacheFirstTokenAsync();

        var responses = await Task.WhenAll(Enumerable.Range(0, 100).Select(_ => Task.Run(() => api.GetAsync())));

        Assert.All(responses, response => Assert.Equal(HttpStatusCode.OK, response.StatusCode));
        Assert.Equal(2, api.Endpoint.Requests);
    }
}
