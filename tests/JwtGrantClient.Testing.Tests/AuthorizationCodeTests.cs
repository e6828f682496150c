using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using JwtGrantClient.Testing.Tests.TestSupport;

namespace JwtGrantClient.Testing.Tests;

/// <summary>RFC 6749 section 4.1.3 and RFC 7636: a code is for one client, one redirect URI, one verifier, one use.</summary>
public sealed class AuthorizationCodeTests
{
    private const string RedirectUri = "https://app.example.com/callback";

    private static readonly string Verifier = new('v', 43);
    private static readonly string Challenge = Base64Url.EncodeToString(SHA256.HashData(Encoding.ASCII.GetBytes(Verifier)));

    private readonly TestServer _server = TestServer.Start();

    [Fact]
    public async Task A_code_is_redeemed_once()
    {
        var code = Issue();

        var answer = await RedeemAsync(code);

        Assert.Equal("read", answer.ShouldBeGranted()["scope"]);
        var check = _server.Server.CheckAccessToken($"Bearer {answer.AccessToken}", "read");
        Assert.Equal((TestData.ClientId, "user-1"), (check.ClientId, check.Subject));
        (await RedeemAsync(code)).ShouldBeRefused(400, "invalid_grant", "S17");
    }

    [Fact]
    public async Task A_replayed_code_revokes_what_it_gave()
    {
        var (code, another) = (Issue(), Issue());
        var (given, apart) = ((await RedeemAsync(code)).ShouldBeGranted(), (await RedeemAsync(another)).ShouldBeGranted());

        (await RedeemAsync(code)).ShouldBeRefused(400, "invalid_grant", "S17").Saying("revoked");

        Assert.Equal(401, _server.Server.CheckAccessToken($"Bearer {given.AccessToken}").Status);
        (await _server.PostAsync(
            [("grant_type", "refresh_token"), ("refresh_token", given["refresh_token"]!), .. TestServer.ClientAssertion()]))
            .ShouldBeRefused(400, "invalid_grant", "S17");
        Assert.Equal(200, _server.Server.CheckAccessToken($"Bearer {apart.AccessToken}").Status);
    }

    [Theory]
    [InlineData(599, true), InlineData(600, false)]
    public async Task A_code_lives_ten_minutes(int seconds, bool accepted)
    {
        var code = Issue();
        _server.Clock.Advance(TimeSpan.FromSeconds(seconds));

        var answer = await RedeemAsync(code);

        if (accepted)
            answer.ShouldBeGranted();
        else
            answer.ShouldBeRefused(400, "invalid_grant", "S17");
    }

    [Theory]
    [InlineData("https://app.example.com/callback/"), InlineData("https://APP.example.com/callback")]
    [InlineData("https://evil.example.com"), InlineData(null)]
    public async Task The_redirect_URI_is_that_of_the_authorization_request(string? redirectUri)
    {
        var code = Issue();

        (await RedeemAsync(code, redirectUri, Verifier)).ShouldBeRefused(400, "invalid_grant", "S17").Saying("redirect_uri");
        (await RedeemAsync(code)).ShouldBeRefused(400, "invalid_grant", "S17");
    }

    [Theory]
    [InlineData(null), InlineData("short"), InlineData("wwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwww")]
    [InlineData("vvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvv!")]
    public async Task The_verifier_is_that_of_the_challenge(string? verifier) =>
        (await RedeemAsync(Issue(), RedirectUri, verifier)).ShouldBeRefused(400, "invalid_grant", "S17").Saying("code_verifier");

    [Fact]
    public async Task The_challenge_itself_is_no_verifier() =>
        (await RedeemAsync(Issue(), RedirectUri, Challenge)).ShouldBeRefused(400, "invalid_grant", "S17");

    [Fact]
    public async Task A_verifier_without_a_challenge_is_refused_for_the_challenge_may_have_been_stripped()
    {
        (await RedeemAsync(Issue(null, TestData.ClientId))).ShouldBeRefused(400, "invalid_grant", "S17").Saying("no code_challenge");
        (await RedeemAsync(Issue(null, TestData.ClientId), RedirectUri, null)).ShouldBeGranted();
    }

    [Fact]
    public async Task A_code_of_another_client_is_refused_and_used_up()
    {
        var code = Issue(TestData.OtherClientId);
        _server.Server.RegisterClient(TestServer.AClient(TestData.OtherClientId));

        (await RedeemAsync(code)).ShouldBeRefused(400, "invalid_grant", "S17").Saying("another client");
        (await RedeemAsync(code, TestData.OtherClientId)).ShouldBeRefused(400, "invalid_grant", "S17");
    }

    [Fact]
    public async Task An_unknown_code_is_an_invalid_grant_and_a_missing_one_an_invalid_request()
    {
        (await RedeemAsync("unknown")).ShouldBeRefused(400, "invalid_grant", "S17");
        (await RedeemAsync("")).ShouldBeRefused(400, "invalid_request", "S01");
    }

    [Fact]
    public async Task Without_client_authentication_the_code_stays_good()
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
        .. TestServer.ClientAssertion(new JwtBuilder(_server.Clock.GetUtcNow()).Claim("iss", client).Claim("sub", client).Compact()),
    ]);
}
