using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using JwtGrantClient.Testing.Tests.TestSupport;

namespace JwtGrantClient.Testing.Tests;

/// <summary>A code is bound to one client, redirect URI and code verifier, and is single-use (RFC 6749 section 4.1.3, RFC 7636).</summary>
public sealed class AuthorizationCodeTests
{
    private const string RedirectUri = "https://app.example.com/callback";

    private static readonly string Verifier = new('v', 43);
    private static readonly string Challenge = Base64Url.EncodeToString(SHA256.HashData(Encoding.ASCII.GetBytes(Verifier)));

    private readonly TestServer _server = TestServer.Start();

    [Fact]
    public async Task A_code_can_be_redeemed_once()
    {
        var code = Issue();

        var response = await RedeemAsync(code);

        Assert.Equal("read", response.ShouldBeGranted()["scope"]);
        var check = _server.Server.CheckAccessToken($"Bearer {response.AccessToken}", "read");
        Assert.Equal((TestData.ClientId, "user-1"), (check.ClientId, check.Subject));
        (await RedeemAsync(code)).ShouldBeRefused(400, "invalid_grant", "S17");
    }

    [Fact]
    public async Task A_replayed_code_revokes_the_tokens_that_it_returned()
    {
        var (code, another) = (Issue(), Issue());
        var (issued, unrelated) = ((await RedeemAsync(code)).ShouldBeGranted(), (await RedeemAsync(another)).ShouldBeGranted());

        (await RedeemAsync(code)).ShouldBeRefused(400, "invalid_grant", "S17").WithExplanation("revoked");

        Assert.Equal(401, _server.Server.CheckAccessToken($"Bearer {issued.AccessToken}").Status);
        (await _server.PostAsync(
            [("grant_type", "refresh_token"), ("refresh_token", issued["refresh_token"]!), .. TestServer.ClientAssertion()]))
            .ShouldBeRefused(400, "invalid_grant", "S17");
        Assert.Equal(200, _server.Server.CheckAccessToken($"Bearer {unrelated.AccessToken}").Status);
    }

    [Theory]
    [InlineData(599, true), InlineData(600, false)]
    public async Task A_code_expires_after_ten_minutes(int seconds, bool accepted)
    {
        var code = Issue();
        _server.Clock.Advance(TimeSpan.FromSeconds(seconds));

        var response = await RedeemAsync(code);

        if (accepted)
            response.ShouldBeGranted();
        else
            response.ShouldBeRefused(400, "invalid_grant", "S17");
    }

    [Theory]
    [InlineData("https://app.example.com/callback/"), InlineData("https://APP.example.com/callback")]
    [InlineData("https://evil.example.com"), InlineData(null)]
    public async Task A_code_with_another_redirect_URI_is_refused(string? redirectUri)
    {
        var code = Issue();

        (await RedeemAsync(code, redirectUri, Verifier)).ShouldBeRefused(400, "invalid_grant", "S17").WithExplanation("redirect_uri");
        (await RedeemAsync(code)).ShouldBeRefused(400, "invalid_grant", "S17");
    }

    [Theory]
    [InlineData(null), InlineData("short"), InlineData("wwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwww")]
    [InlineData("vvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvv!")]
    public async Task A_code_with_a_wrong_code_verifier_is_refused(string? verifier) =>
        (await RedeemAsync(Issue(), RedirectUri, verifier)).ShouldBeRefused(400, "invalid_grant", "S17").WithExplanation("code_verifier");

    [Fact]
    public async Task The_code_challenge_is_refused_as_code_verifier() =>
        (await RedeemAsync(Issue(), RedirectUri, Challenge)).ShouldBeRefused(400, "invalid_grant", "S17");

    /// <summary>An attacker may have removed the challenge: the PKCE downgrade attack of RFC 9700 section 4.8.</summary>
    [Fact]
    public async Task A_code_verifier_for_a_code_without_a_challenge_is_refused()
    {
        (await RedeemAsync(Issue(null, TestData.ClientId))).ShouldBeRefused(400, "invalid_grant", "S17").WithExplanation("no code_challenge");
        (await RedeemAsync(Issue(null, TestData.ClientId), RedirectUri, null)).ShouldBeGranted();
    }

    [Fact]
    public async Task A_code_of_another_client_is_refused_and_consumed()
    {
        var code = Issue(TestData.OtherClientId);
        _server.Server.RegisterClient(TestServer.CreateClient(TestData.OtherClientId));

        (await RedeemAsync(code)).ShouldBeRefused(400, "invalid_grant", "S17").WithExplanation("another client");
        (await RedeemAsync(code, TestData.OtherClientId)).ShouldBeRefused(400, "invalid_grant", "S17");
    }

    [Fact]
    public async Task An_unknown_code_is_an_invalid_grant_and_a_missing_code_is_an_invalid_request()
    {
        (await RedeemAsync("unknown")).ShouldBeRefused(400, "invalid_grant", "S17");
        (await RedeemAsync("")).ShouldBeRefused(400, "invalid_request", "S01");
    }

    [Fact]
    public async Task A_request_without_client_authentication_does_not_consume_the_code()
    {
        var code = Issue();

        (await _server.PostAsync(("grant_type", "authorization_code"), ("code", code), ("redirect_uri", RedirectUri),
            ("code_verifier", Verifier)))
            .ShouldBeRefused(401, "invalid_client", "S17");

        (await RedeemAsync(code)).ShouldBeGranted();
    }

    private string Issue(string client = TestData.ClientId) => Issue(Challenge, client);

    private string Issue(string? challenge, string client) =>
        _server.Server.IssueAuthorizationCode(client, RedirectUri, challenge, "read", "user-1");

    private Task<TestResponse> RedeemAsync(string code, string client = TestData.ClientId) => RedeemAsync(code, RedirectUri, Verifier, client);

    private Task<TestResponse> RedeemAsync(string code, string? redirectUri, string? verifier, string client = TestData.ClientId) => _server.PostAsync(
    [
        ("grant_type", "authorization_code"), ("code", code), ("redirect_uri", redirectUri ?? ""), ("code_verifier", verifier ?? ""),
        .. TestServer.ClientAssertion(new JwtBuilder(_server.Clock.GetUtcNow()).WithClaim("iss", client).WithClaim("sub", client).Compact()),
    ]);
}
