using JwtGrantClient.Testing.Tests.TestSupport;

namespace JwtGrantClient.Testing.Tests;

/// <summary>
/// A refresh token is bound to one client and single-use, and its reuse revokes the token family (RFC 6749 section 6, RFC 9700 section 4.14).
/// </summary>
public sealed class RefreshTokenTests
{
    private readonly TestServer _server = TestServer.Start();

    [Fact]
    public async Task A_refresh_token_returns_an_access_token_and_a_new_refresh_token()
    {
        var response = await RefreshAsync(Issue());

        Assert.Equal("read write", response.ShouldBeGranted()["scope"]);
        var check = _server.Server.CheckAccessToken($"Bearer {response.AccessToken}", "write");
        Assert.Equal((200, TestData.ClientId, "user-1"), (check.Status, check.ClientId, check.Subject));
        (await RefreshAsync(response["refresh_token"]!)).ShouldBeGranted();
    }

    [Fact]
    public async Task A_reused_refresh_token_is_refused_and_revokes_its_family()
    {
        var first = Issue();
        var (unrelated, issued) = (Issue(), (await RefreshAsync(first)).ShouldBeGranted());

        (await RefreshAsync(first)).ShouldBeRefused(400, "invalid_grant", "S17").WithExplanation("used before");

        (await RefreshAsync(issued["refresh_token"]!)).ShouldBeRefused(400, "invalid_grant", "S17").WithExplanation("revoked");
        Assert.Equal(401, _server.Server.CheckAccessToken($"Bearer {issued.AccessToken}").Status);
        (await RefreshAsync(unrelated)).ShouldBeGranted();
    }

    [Fact]
    public async Task Only_one_of_twenty_concurrent_uses_of_a_refresh_token_succeeds()
    {
        var token = Issue();

        var responses = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => Task.Run(() => RefreshAsync(token))));

        Assert.Single(responses, response => response.Status == System.Net.HttpStatusCode.OK);
    }

    [Theory]
    [InlineData("read", "read"), InlineData("write read", "write read"), InlineData(null, "read write")]
    public async Task A_narrower_scope_applies_to_the_access_token_and_not_to_the_new_refresh_token(string? scope, string granted)
    {
        var response = await RefreshAsync(Issue(), scope);

        Assert.Equal(granted, response.ShouldBeGranted()["scope"]);
        Assert.Equal("read write", (await RefreshAsync(response["refresh_token"]!)).ShouldBeGranted()["scope"]);
    }

    [Theory]
    [InlineData("read write", "delete"), InlineData("read write", "read delete"), InlineData(null, "read")]
    public async Task A_wider_scope_is_refused_and_does_not_consume_the_refresh_token(string? granted, string requested)
    {
        var token = _server.Server.IssueRefreshToken(TestData.ClientId, granted);

        (await RefreshAsync(token, requested)).ShouldBeRefused(400, "invalid_scope", "S18");

        (await RefreshAsync(token)).ShouldBeGranted();
    }

    [Fact]
    public async Task Another_error_in_the_request_does_not_consume_the_refresh_token()
    {
        var token = Issue();

        (await _server.PostAsync([.. Form(token), ("resource", "no-uri")])).ShouldBeRefused(400, "invalid_target", "S17");

        (await RefreshAsync(token)).ShouldBeGranted();
    }

    [Fact]
    public async Task A_refresh_token_of_another_client_is_refused()
    {
        _server.Server.RegisterClient(TestServer.CreateClient(TestData.OtherClientId));

        (await RefreshAsync(_server.Server.IssueRefreshToken(TestData.OtherClientId))).ShouldBeRefused(400, "invalid_grant", "S17").WithExplanation("another client");
    }

    [Fact]
    public async Task A_confidential_client_must_authenticate_to_refresh()
    {
        var token = Issue();

        (await _server.PostAsync(("grant_type", "refresh_token"), ("refresh_token", token), ("client_id", TestData.ClientId)))
            .ShouldBeRefused(401, "invalid_client", "S17");
        (await RefreshAsync(token)).ShouldBeGranted();
    }

    [Fact]
    public async Task A_public_client_refreshes_with_its_client_id_alone()
    {
        var server = TestServer.Start(client: new() { Id = TestData.ClientId, AllowedAuthenticationMethods = ["none"] });
        var token = server.Server.IssueRefreshToken(TestData.ClientId);

        (await server.PostAsync(("grant_type", "refresh_token"), ("refresh_token", token), ("client_id", TestData.ClientId))).ShouldBeGranted();
    }

    [Theory]
    [InlineData("unknown", "invalid_grant", "S17"), InlineData("", "invalid_request", "S01")]
    public async Task An_unknown_refresh_token_is_an_invalid_grant_and_a_missing_one_is_an_invalid_request(string token, string error, string rule) =>
        (await RefreshAsync(token)).ShouldBeRefused(400, error, rule);

    [Fact]
    public async Task A_refresh_token_without_rotation_is_reusable_and_not_replaced()
    {
        var server = TestServer.Start(clock => new() { TimeProvider = clock, IssueRefreshTokens = false });
        var token = server.Server.IssueRefreshToken(TestData.ClientId);

        Assert.Null((await server.PostAsync(Form(token))).ShouldBeGranted()["refresh_token"]);
        (await server.PostAsync(Form(token))).ShouldBeGranted();
    }

    [Fact]
    public async Task Repeatable_grants_and_clients_that_may_not_refresh_get_no_refresh_token()
    {
        Assert.Null((await _server.PresentAsync(new JwtBuilder(), AssertionRole.Grant)).ShouldBeGranted()["refresh_token"]);
        Assert.Null((await _server.PresentAsync(new JwtBuilder(), AssertionRole.ClientAuthentication)).ShouldBeGranted()["refresh_token"]);
        Assert.NotNull((await RedeemAsync(_server)).ShouldBeGranted()["refresh_token"]);
        var restricted = TestServer.Start(client: new()
        {
            Id = TestData.ClientId, PublicKeyPem = TestData.RsaKey.ExportSubjectPublicKeyInfoPem(), AllowedGrantTypes = ["authorization_code"],
        });
        Assert.Null((await RedeemAsync(restricted)).ShouldBeGranted()["refresh_token"]);
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
