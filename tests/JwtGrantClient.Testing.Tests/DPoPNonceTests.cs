using JwtGrantClient.Testing.Tests.TestSupport;

namespace JwtGrantClient.Testing.Tests;

/// <summary>
/// DPoP nonces of the token endpoint (RFC 9449 section 8), and what a use_dpop_nonce response consumes.
/// </summary>
public sealed class DPoPNonceTests
{
    private readonly TestServer _server = TestServer.Start(clock => new()
    {
        TimeProvider = clock, RequireDPoPNonce = true, RequireResourceDPoPNonce = true,
    });

    [Fact]
    public async Task A_proof_without_a_nonce_is_refused_with_a_nonce_that_a_retry_can_use()
    {
        var refused = await SendAsync(null);

        refused.ShouldBeRefused(400, "use_dpop_nonce", "S21");
        var response = (await SendAsync(Nonce(refused))).ShouldBeGranted("DPoP");
        (await SendAsync(Nonce(response))).ShouldBeGranted("DPoP");
    }

    [Fact]
    public async Task A_use_dpop_nonce_response_consumes_the_grant_the_client_assertion_and_the_proof()
    {
        var (grant, client, proof) = (new JwtBuilder().Compact(), new JwtBuilder().Compact(), DPoPProofBuilder.CreateForTokenEndpoint().Compact());
        var nonce = Nonce(await _server.PostWithAsync([("DPoP", proof)],
            [("grant_type", TestData.JwtBearer), ("assertion", grant), .. TestServer.ClientAssertion(client)]));

        (await PostAsync(nonce, [("grant_type", TestData.JwtBearer), ("assertion", grant)])).ShouldBeRefused(400, "invalid_grant", "S16");
        (await PostAsync(nonce, [("grant_type", "client_credentials"), .. TestServer.ClientAssertion(client)]))
            .ShouldBeRefused(401, "invalid_client", "S16");
        (await _server.PostWithAsync([("DPoP", proof)], ("grant_type", TestData.JwtBearer), ("assertion", new JwtBuilder().Compact())))
            .ShouldBeRefused(400, "invalid_dpop_proof", "S16");
    }

    [Fact]
    public async Task A_use_dpop_nonce_response_does_not_consume_codes_and_refresh_tokens()
    {
        var refreshToken = _server.Server.IssueRefreshToken(TestData.ClientId);
        var code = _server.Server.IssueAuthorizationCode(TestData.ClientId, "https://app.example.com");
        (string, string)[] RefreshForm() => [("grant_type", "refresh_token"), ("refresh_token", refreshToken), .. TestServer.ClientAssertion()];
        (string, string)[] CodeForm() =>
            [("grant_type", "authorization_code"), ("code", code), ("redirect_uri", "https://app.example.com"), .. TestServer.ClientAssertion()];

        foreach (var form in new[] { RefreshForm, CodeForm })
        {
            var refused = (await PostAsync(null, form())).ShouldBeRefused(400, "use_dpop_nonce", "S21");
            (await PostAsync(Nonce(refused), form())).ShouldBeGranted("DPoP");
        }
    }

    [Fact]
    public async Task A_nonce_of_the_resource_server_is_refused_at_the_token_endpoint()
    {
        var response = (await SendAsync(Nonce(await SendAsync(null)))).ShouldBeGranted("DPoP");
        var proof = DPoPProofBuilder.Create("https://api.example.com", "GET", response.AccessToken).Compact();
        var resourceNonce = _server.Server.CheckAccessToken("GET", "https://api.example.com", $"DPoP {response.AccessToken}", proof).DPoPNonce;

        Assert.NotEqual(Nonce(response), resourceNonce);
        (await SendAsync(resourceNonce)).ShouldBeRefused(400, "use_dpop_nonce", "S21");
    }

    [Theory]
    [InlineData(false), InlineData(true)]
    public async Task The_previous_nonce_is_accepted_after_a_rotation_only_on_request(bool acceptPrevious)
    {
        var previous = Nonce(await SendAsync(null));
        _server.Server.RotateDPoPNonce(acceptPrevious);

        var response = await SendAsync(previous);

        if (acceptPrevious)
            response.ShouldBeGranted("DPoP");
        else
            response.ShouldBeRefused(400, "use_dpop_nonce", "S21");
        Assert.NotEqual(previous, Nonce(response));
        (await SendAsync(Nonce(response))).ShouldBeGranted("DPoP");
    }

    [Fact]
    public async Task A_server_that_requires_no_nonce_issues_none_and_refuses_a_wrong_nonce()
    {
        var server = TestServer.Start();
        Task<TestResponse> Send(string? nonce) => server.PostWithAsync([("DPoP", DPoPProofBuilder.CreateForTokenEndpoint(nonce).Compact())],
            ("grant_type", TestData.JwtBearer), ("assertion", new JwtBuilder().Compact()));

        Assert.False((await Send(null)).ShouldBeGranted("DPoP").Response.Headers.Contains("DPoP-Nonce"));
        var refused = (await Send("made-up")).ShouldBeRefused(400, "use_dpop_nonce", "S21");
        (await Send(Nonce(refused))).ShouldBeGranted("DPoP");
    }

    [Fact]
    public async Task A_request_without_a_proof_needs_no_nonce() => (await _server.PresentAsync(new JwtBuilder(), AssertionRole.Grant)).ShouldBeGranted();

    private static string Nonce(TestResponse response) => Assert.Single(response.Response.Headers.GetValues("DPoP-Nonce"));

    private Task<TestResponse> SendAsync(string? nonce) =>
        PostAsync(nonce, [("grant_type", TestData.JwtBearer), ("assertion", new JwtBuilder().Compact())]);

    private Task<TestResponse> PostAsync(string? nonce, (string, string)[] form) =>
        _server.PostWithAsync([("DPoP", DPoPProofBuilder.CreateForTokenEndpoint(nonce).Compact())], form);
}
