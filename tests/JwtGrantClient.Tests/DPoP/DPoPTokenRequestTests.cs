using JwtGrantClient.Tests.TestSupport;
using JwtGrantClient.Tests.TokenEndpoint;

namespace JwtGrantClient.Tests.DPoP;

/// <summary>DPoP at the token endpoint (RFC 9449 sections 5 and 8).</summary>
public sealed class DPoPTokenRequestTests
{
    private const string Bound = """{"access_token":"bound","token_type":"dPoP","expires_in":3600}""";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_bound_token_comes_of_a_proof()
    {
        await using var server = await ScriptedServer.StartAsync(Reply.Json(200, Bound));
        await using var client = Client(server);

        var token = await client.GetTokenAsync(Cancellation);

        Assert.Equal(("bound", "DPoP"), (token.Value, token.Type));
        Assert.Equal(server.TokenEndpoint, Jwt.Parse(Assert.Single(server.Requests).Headers["DPoP"])["htu"]);
    }

    [Fact]
    public async Task A_Bearer_answer_is_refused()
    {
        await using var server = await ScriptedServer.StartAsync(Reply.Token);
        await using var client = Client(server);

        var error = await Assert.ThrowsAsync<JwtGrantException>(() => client.GetTokenAsync(Cancellation).AsTask());

        Assert.Equal("token_response_malformed", error.Code);
        Assert.Contains("token_type is 'Bearer'; expected DPoP", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_client_without_DPoP_refuses_a_bound_token()
    {
        await using var server = await ScriptedServer.StartAsync(Reply.Json(200, Bound));
        await using var client = Client(server, dpop: false);

        var error = await Assert.ThrowsAsync<JwtGrantException>(() => client.GetTokenAsync(Cancellation).AsTask());

        Assert.Contains("token_type is 'dPoP'; expected Bearer", error.Message, StringComparison.Ordinal);
        Assert.False(Assert.Single(server.Requests).Headers.ContainsKey("DPoP"));
    }

    [Fact]
    public async Task The_demand_for_a_nonce_is_met_at_once_with_a_fresh_proof_and_a_fresh_assertion()
    {
        await using var server = await ScriptedServer.StartAsync(WantsNonce("n1"), Reply.Json(200, Bound));
        await using var client = Client(server);

        Assert.Equal("bound", (await client.GetTokenAsync(Cancellation)).Value);

        var (first, second) = (server.Requests[0], server.Requests[1]);
        Assert.Equal((null, "n1"), (Proof(first)["nonce"], Proof(second)["nonce"]));
        Assert.NotEqual(Proof(first)["jti"], Proof(second)["jti"]);
        Assert.NotEqual(first.Assertion["jti"], second.Assertion["jti"]);
    }

    [Fact]
    public async Task A_nonce_that_came_with_a_token_goes_into_the_next_proof()
    {
        await using var server = await ScriptedServer.StartAsync(context =>
        {
            context.Response.Headers["DPoP-Nonce"] = "n2";
            return Reply.Json(200, Bound)(context);
        });
        await using var client = Client(server);
        var first = await client.GetTokenAsync(Cancellation);

        await client.InvalidateAsync(TokenRequest.Default, first, Cancellation);
        await client.GetTokenAsync(Cancellation);

        Assert.Equal("n2", Proof(server.Requests[1])["nonce"]);
    }

    [Fact]
    public async Task A_server_that_is_never_content_is_asked_twice_only()
    {
        await using var server = await ScriptedServer.StartAsync(WantsNonce("n1"), WantsNonce("n2"), Reply.Json(200, Bound));
        await using var client = Client(server);

        var error = await Assert.ThrowsAsync<JwtGrantException>(() => client.GetTokenAsync(Cancellation).AsTask());

        Assert.Equal(("token_request_refused", "use_dpop_nonce", 2), (error.Code, error.Error, server.Calls));
    }

    [Theory]
    [InlineData(null), InlineData("a b")]
    public async Task A_demand_without_a_nonce_that_could_be_used_is_not_met(string? nonce)
    {
        await using var server = await ScriptedServer.StartAsync(WantsNonce(nonce), WantsNonce("later"), Reply.Json(200, Bound));
        await using var client = Client(server);

        var error = await Assert.ThrowsAsync<JwtGrantException>(() => client.GetTokenAsync(Cancellation).AsTask());

        Assert.Equal("use_dpop_nonce", error.Error);
        Assert.Equal(1, server.Calls);
    }

    [Fact]
    public async Task A_single_use_grant_goes_out_again_for_a_nonce_for_the_server_has_not_used_it_up()
    {
        await using var server = await ScriptedServer.StartAsync(WantsNonce("n1"), Reply.Json(200, Bound));
        await using var client = Client(server);

        var response = await client.Endpoint.RequestAsync(Grant.AuthorizationCode("the-code"), Cancellation);

        Assert.Equal("bound", response.AccessToken.Value);
        Assert.Equal(["the-code", "the-code"], server.Requests.Select(sent => sent.Form["code"].Single()));
    }

    private static Jwt Proof(Received sent) => Jwt.Parse(sent.Headers["DPoP"]);

    private static Microsoft.AspNetCore.Http.RequestDelegate WantsNonce(string? nonce) => context =>
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
