using JwtGrantClient.Testing.Tests.TestSupport;

namespace JwtGrantClient.Testing.Tests;

/// <summary>
/// RFC 9449 section 8: proofs with the token endpoint's nonce, which an answer gives; and what that answer uses up (S16).
/// </summary>
public sealed class DPoPNonceTests
{
    private readonly TestServer _server = TestServer.Start(clock => new()
    {
        TimeProvider = clock, RequireDPoPNonce = true, RequireResourceDPoPNonce = true,
    });

    [Fact]
    public async Task Without_a_nonce_the_answer_gives_one_with_which_it_goes()
    {
        var refused = await SendAsync(null);

        refused.ShouldBeRefused(400, "use_dpop_nonce", "S21");
        var answer = (await SendAsync(Nonce(refused))).ShouldBeGranted("DPoP");
        (await SendAsync(Nonce(answer))).ShouldBeGranted("DPoP");
    }

    [Fact]
    public async Task The_answer_uses_up_grant_and_client_assertion_and_proof()
    {
        var (grant, client, proof) = (new JwtBuilder().Compact(), new JwtBuilder().Compact(), DPoPProofBuilder.ForToken().Compact());
        var nonce = Nonce(await _server.PostWithAsync([("DPoP", proof)],
            [("grant_type", TestData.JwtBearer), ("assertion", grant), .. TestServer.ClientAssertion(client)]));

        (await PostAsync(nonce, [("grant_type", TestData.JwtBearer), ("assertion", grant)])).ShouldBeRefused(400, "invalid_grant", "S16");
        (await PostAsync(nonce, [("grant_type", "client_credentials"), .. TestServer.ClientAssertion(client)]))
            .ShouldBeRefused(401, "invalid_client", "S16");
        (await _server.PostWithAsync([("DPoP", proof)], ("grant_type", TestData.JwtBearer), ("assertion", new JwtBuilder().Compact())))
            .ShouldBeRefused(400, "invalid_dpop_proof", "S16");
    }

    [Fact]
    public async Task The_answer_leaves_codes_and_refresh_tokens_good()
    {
        var refreshToken = _server.Server.IssueRefreshToken(TestData.ClientId);
        var code = _server.Server.IssueAuthorizationCode(TestData.ClientId, "https://app.example.com");
        (string, string)[] Refresh() => [("grant_type", "refresh_token"), ("refresh_token", refreshToken), .. TestServer.ClientAssertion()];
        (string, string)[] Redeem() =>
            [("grant_type", "authorization_code"), ("code", code), ("redirect_uri", "https://app.example.com"), .. TestServer.ClientAssertion()];

        foreach (var form in new[] { Refresh, Redeem })
        {
            var refused = (await PostAsync(null, form())).ShouldBeRefused(400, "use_dpop_nonce", "S21");
            (await PostAsync(Nonce(refused), form())).ShouldBeGranted("DPoP");
        }
    }

    [Fact]
    public async Task A_nonce_of_the_resource_server_is_none_of_the_token_endpoints()
    {
        var answer = (await SendAsync(Nonce(await SendAsync(null)))).ShouldBeGranted("DPoP");
        var proof = DPoPProofBuilder.For("https://api.example.com", "GET", answer.AccessToken).Compact();
        var foreign = _server.Server.CheckAccessToken("GET", "https://api.example.com", $"DPoP {answer.AccessToken}", proof).DPoPNonce;

        Assert.NotEqual(Nonce(answer), foreign);
        (await SendAsync(foreign)).ShouldBeRefused(400, "use_dpop_nonce", "S21");
    }

    [Theory]
    [InlineData(false), InlineData(true)]
    public async Task After_a_rotation_the_old_nonce_is_refused_unless_it_is_still_accepted(bool acceptPrevious)
    {
        var old = Nonce(await SendAsync(null));
        _server.Server.RotateDPoPNonce(acceptPrevious);

        var answer = await SendAsync(old);

        if (acceptPrevious)
            answer.ShouldBeGranted("DPoP");
        else
            answer.ShouldBeRefused(400, "use_dpop_nonce", "S21");
        Assert.NotEqual(old, Nonce(answer));
        (await SendAsync(Nonce(answer))).ShouldBeGranted("DPoP");
    }

    [Fact]
    public async Task Where_none_is_asked_for_none_is_given_but_a_wrong_one_is_refused()
    {
        var server = TestServer.Start();
        Task<TestResponse> Send(string? nonce) => server.PostWithAsync([("DPoP", DPoPProofBuilder.ForToken(nonce).Compact())],
            ("grant_type", TestData.JwtBearer), ("assertion", new JwtBuilder().Compact()));

        Assert.False((await Send(null)).ShouldBeGranted("DPoP").Response.Headers.Contains("DPoP-Nonce"));
        var refused = (await Send("made-up")).ShouldBeRefused(400, "use_dpop_nonce", "S21");
        (await Send(Nonce(refused))).ShouldBeGranted("DPoP");
    }

    [Fact]
    public async Task A_request_without_a_proof_needs_no_nonce() => (await _server.PresentAsync(new JwtBuilder(), AssertionRole.Grant)).ShouldBeGranted();

    private static string Nonce(TestResponse answer) => Assert.Single(answer.Response.Headers.GetValues("DPoP-Nonce"));

    private Task<TestResponse> SendAsync(string? nonce) =>
        PostAsync(nonce, [("grant_type", TestData.JwtBearer), ("assertion", new JwtBuilder().Compact())]);

    private Task<TestResponse> PostAsync(string? nonce, (string, string)[] form) =>
        _server.PostWithAsync([("DPoP", DPoPProofBuilder.ForToken(nonce).Compact())], form);
}
