using JwtGrantClient.Tests.TestSupport;
using JwtGrantClient.Tests.TokenEndpoint;

namespace JwtGrantClient.Tests.DPoP;

/// <summary>DPoP at the token endpoint (RFC 9449 sections 5 and 8).</summary>
public sealed class DPoPTokenRequestTests
{
    private const string BoundToken = """{"access_token":"bound","token_type":"dPoP","expires_in":3600}""";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_bound_token_is_obtained_with_a_proof()
    {
        await using var server = await ScriptedServer.StartAsync(Reply.Json(200, BoundToken));
        await using var client = Client(server);

        var token = await client.GetTokenAsync(Cancellation);

        Assert.Equal(("bound", "DPoP"), (token.Value, token.Type));
        Assert.Equal(server.TokenEndpoint, Jwt.Parse(Assert.Single(server.Requests).Headers["DPoP"])["htu"]);
    }

    [Fact]
    public async Task A_client_with_DPoP_rejects_a_Bearer_token()
    {
        await using var server = await ScriptedServer.StartAsync(Reply.Token);
        await using var client = Client(server);

        var error = await Assert.ThrowsAsync<JwtGrantException>(() => client.GetTokenAsync(Cancellation).AsTask());

        Assert.Equal("token_response_malformed", error.Code);
        Assert.Contains("token_type is 'Bearer'; expected DPoP", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_client_without_DPoP_rejects_a_bound_token()
    {
        await using var server = await ScriptedServer.StartAsync(Reply.Json(200, BoundToken));
        await using var client = Client(server, dpop: false);

        var error = await Assert.ThrowsAsync<JwtGrantException>(() => client.GetTokenAsync(Cancellation).AsTask());

        Assert.Contains("token_type is 'dPoP'; expected Bearer", error.Message, StringComparison.Ordinal);
        Assert.False(Assert.Single(server.Requests).Headers.ContainsKey("DPoP"));
    }

    [Fact]
    public async Task A_nonce_challenge_is_retried_immediately_with_a_new_proof_and_a_new_assertion()
    {
        await using var server = await ScriptedServer.StartAsync(NonceChallenge("n1"), Reply.Json(200, BoundToken));
        await using var client = Client(server);

        Assert.Equal("bound", (await client.GetTokenAsync(Cancellation)).Value);

        var (first, second) = (server.Requests[0], server.Requests[1]);
        Assert.Equal((null, "n1"), (Proof(first)["nonce"], Proof(second)["nonce"]));
        Assert.NotEqual(Proof(first)["jti"], Proof(second)["jti"]);
        Assert.NotEqual(first.Assertion["jti"], second.Assertion["jti"]);
    }

    [Fact]
    public async Task A_nonce_from_a_token_response_is_used_in_the_next_proof()
    {
        await using var server = await ScriptedServer.StartAsync(context =>
        {
            context.Response.Headers["DPoP-Nonce"] = "n2";
            return Reply.Json(200, BoundToken)(context);
        });
        await using var client = Client(server);
        var first = await client.GetTokenAsync(Cancellation);

        await client.InvalidateAsync(TokenRequest.Default, first, Cancellation);
        await client.GetTokenAsync(Cancellation);

        Assert.Equal("n2", Proof(server.Requests[1])["nonce"]);
    }

    [Fact]
    public async Task A_second_nonce_challenge_is_reported_and_not_retried()
    {
        await using var server = await ScriptedServer.StartAsync(NonceChallenge("n1"), NonceChallenge("n2"), Reply.Json(200, BoundToken));
        await using var client = Client(server);

        var error = await Assert.ThrowsAsync<JwtGrantException>(() => client.GetTokenAsync(Cancellation).AsTask());

        Assert.Equal(("token_request_refused", "use_dpop_nonce", 2), (error.Code, error.Error, server.Calls));
    }

    [Theory]
    [InlineData(null), InlineData("a b")]
    public async Task A_nonce_challenge_without_a_usable_nonce_is_not_retried(string? nonce)
    {
        await using var server = await ScriptedServer.StartAsync(NonceChallenge(nonce), NonceChallenge("later"), Reply.Json(200, BoundToken));
        await using var client = Client(server);

        var error = await Assert.ThrowsAsync<JwtGrantException>(() => client.GetTokenAsync(Cancellation).AsTask());

        Assert.Equal("use_dpop_nonce", error.Error);
        Assert.Equal(1, server.Calls);
    }

    /// <summary>The server validates the proof before it redeems the code, so the code is still unused after the challenge.</summary>
    [Fact]
    public async Task A_single_use_grant_is_sent_again_after_a_nonce_challenge()
    {
        await using var server = await ScriptedServer.StartAsync(NonceChallenge("n1"), Reply.Json(200, BoundToken));
        await using var client = Client(server);

        var response = await client.Endpoint.RequestAsync(Grant.AuthorizationCode("the-code"), Cancellation);

        Assert.Equal("bound", response.AccessToken.Value);
        Assert.Equal(["the-code", "the-code"], server.Requests.Select(sent => sent.Form["code"].Single()));
    }

    private static Jwt Proof(Received sent) => Jwt.Parse(sent.Headers["DPoP"]);

    private static Microsoft.AspNetCore.Http.RequestDelegate NonceChallenge(string? nonce) => context =>
    {
        if (nonce is not null)
            context.Response.Headers["DPoP-Nonce"] = nonce;
        return Reply.Error("use_dpop_nonce")(context);
    };

    private static JwtGrantTokenSource Client(ScriptedServer server, bool dpop = true)
    {
        var options = TestClient.Options();
        (options.TokenEndpoint, options.DPoP.Enabled) = (server.TokenEndpoint, dpop);
        return JwtGrantTokenSource.Create(options);
    }
}
