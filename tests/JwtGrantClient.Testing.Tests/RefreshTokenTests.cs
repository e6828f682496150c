using JwtGrantClient.Testing.Tests.TestSupport;

namespace JwtGrantClient.Testing.Tests;

/// <summary>
/// RFC 6749 section 6 and RFC 9700 section 4.14: a refresh token is for one client and one use, and its reuse ends the family.
/// </summary>
public sealed class RefreshTokenTests
{
    private readonly TestServer _server = TestServer.Start();

    [Fact]
    public async Task A_refresh_token_gives_an_access_token_and_its_successor()
    {
        var answer = await RefreshAsync(Issue());

        Assert.Equal("read write", answer.ShouldBeGranted()["scope"]);
        var check = _server.Server.CheckAccessToken($"Bearer {answer.AccessToken}", "write");
        Assert.Equal((200, TestData.ClientId, "user-1"), (check.Status, check.ClientId, check.Subject));
        (await RefreshAsync(answer["refresh_token"]!)).ShouldBeGranted();
    }

    [Fact]
    public async Task The_reuse_of_one_is_refused_and_revokes_all_that_came_of_it()
    {
        var first = Issue();
        var (apart, given) = (Issue(), (await RefreshAsync(first)).ShouldBeGranted());

        (await RefreshAsync(first)).ShouldBeRefused(400, "invalid_grant", "S17").Saying("used before");

        (await RefreshAsync(given["refresh_token"]!)).ShouldBeRefused(400, "invalid_grant", "S17").Saying("revoked");
        Assert.Equal(401, _server.Server.CheckAccessToken($"Bearer {given.AccessToken}").Status);
        (await RefreshAsync(apart)).ShouldBeGranted();
    }

    [Fact]
    public async Task Of_twenty_uses_at_once_one_passes()
    {
        var token = Issue();

        var answers = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => Task.Run(() => RefreshAsync(token))));

        Assert.Single(answers, answer => answer.Status == System.Net.HttpStatusCode.OK);
    }

    [Theory]
    [InlineData("read", "read"), InlineData("write read", "write read"), InlineData(null, "read write")]
    public async Task The_scope_may_be_narrowed_and_the_successor_keeps_the_whole(string? scope, string given)
    {
        var answer = await RefreshAsync(Issue(), scope);

        Assert.Equal(given, answer.ShouldBeGranted()["scope"]);
        Assert.Equal("read write", (await RefreshAsync(answer["refresh_token"]!)).ShouldBeGranted()["scope"]);
    }

    [Theory]
    [InlineData("read write", "delete"), InlineData("read write", "read delete"), InlineData(null, "read")]
    public async Task The_scope_is_not_widened_and_the_token_stays_good(string? granted, string asked)
    {
        var token = _server.Server.IssueRefreshToken(TestData.ClientId, granted);

        (await RefreshAsync(token, asked)).ShouldBeRefused(400, "invalid_scope", "S18");

        (await RefreshAsync(token)).ShouldBeGranted();
    }

    [Fact]
    public async Task A_slip_elsewhere_in_the_request_leaves_the_token_good()
    {
        var token = Issue();

        (await _server.PostAsync([.. Form(token), ("resource", "no-uri")])).ShouldBeRefused(400, "invalid_target", "S17");

        (await RefreshAsync(token)).ShouldBeGranted();
    }

    [Fact]
    public async Task Another_client_cannot_use_it()
    {
        _server.Server.RegisterClient(TestServer.AClient(TestData.OtherClientId));

        (await RefreshAsync(_server.Server.IssueRefreshToken(TestData.OtherClientId))).ShouldBeRefused(400, "invalid_grant", "S17").Saying("another client");
    }

    [Fact]
    public async Task A_client_with_credentials_proves_itself()
    {
        var token = Issue();

        (await _server.PostAsync(("grant_type", "refresh_token"), ("refresh_token", token), ("client_id", TestData.ClientId)))
            .ShouldBeRefused(401, "invalid_client", "S17");
        (await RefreshAsync(token)).ShouldBeGranted();
    }

    [Fact]
    public async Task A_public_client_refreshes_by_its_id_alone()
    {
        var server = TestServer.Start(client: new() { Id = TestData.ClientId, AllowedAuthenticationMethods = ["none"] });
        var token = server.Server.IssueRefreshToken(TestData.ClientId);

        (await server.PostAsync(("grant_type", "refresh_token"), ("refresh_token", token), ("client_id", TestData.ClientId))).ShouldBeGranted();
    }

    [Theory]
    [InlineData("unknown", "invalid_grant", "S17"), InlineData("", "invalid_request", "S01")]
    public async Task An_unknown_one_is_an_invalid_grant_and_a_missing_one_an_invalid_request(string token, string error, string rule) =>
        (await RefreshAsync(token)).ShouldBeRefused(400, error, rule);

    [Fact]
    public async Task Without_rotation_the_token_stays_good_and_no_grant_gives_one()
    {
        var server = TestServer.Start(clock => new() { TimeProvider = clock, IssueRefreshTokens = false });
        var token = server.Server.IssueRefreshToken(TestData.ClientId);

        Assert.Null((await server.PostAsync(Form(token))).ShouldBeGranted()["refresh_token"]);
        (await server.PostAsync(Form(token))).ShouldBeGranted();
    }

    [Fact]
    public async Task No_refresh_token_is_given_by_a_grant_that_can_be_repeated_nor_to_a_client_that_may_not_refresh()
    {
        Assert.Null((await _server.PresentAsync(new JwtBuilder(), AssertionRole.Grant)).ShouldBeGranted()["refresh_token"]);
        Assert.Null((await _server.PresentAsync(new JwtBuilder(), AssertionRole.ClientAuthentication)).ShouldBeGranted()["refresh_token"]);
        Assert.NotNull((await RedeemAsync(_server)).ShouldBeGranted()["refresh_token"]);
        var held = TestServer.Start(client: new()
        {
            Id = TestData.ClientId, PublicKeyPem = TestData.RsaKey.ExportSubjectPublicKeyInfoPem(), AllowedGrantTypes = ["authorization_code"],
        });
        Assert.Null((await RedeemAsync(held)).ShouldBeGranted()["refresh_token"]);
    }

    private static (string, string)[] Form(string token) =>
        [("grant_type", "refresh_token"), ("refresh_token", token), .. TestServer.ClientAssertion()];

    private static Task<TestResponse> RedeemAsync(TestServer server) => server.PostAsync(
    [
        ("grant_type", "authorization_code"), ("redirect_uri", "https://a.example.com"),
        ("code", server.Server.IssueAuthorizationCode(TestData.ClientId, "https://a.example.com")), .. TestServer.ClientAssertion(),
    ]);

    private string Issue() => _server.Server.IssueRefreshToken(TestData.ClientId, "read write", "user-1");

    private Task<TestResponse> RefreshAsync(string token, string? scope = null) => _server.PostAsync([.. Form(token), ("scope", scope ?? "")]);
}
