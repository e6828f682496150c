using System.Net;
using JwtGrantClient.Testing.Tests.TestSupport;

namespace JwtGrantClient.Testing.Tests;

/// <summary>A client revokes its own tokens (RFC 7009) and authenticates as at the token endpoint.</summary>
public sealed class RevocationEndpointTests
{
    private readonly TestServer _server = TestServer.Start();

    [Theory]
    [InlineData(null), InlineData("access_token"), InlineData("refresh_token"), InlineData("unknown")]
    public async Task An_access_token_is_revoked_with_any_token_type_hint(string? hint)
    {
        var (token, other) = (await TokenAsync(), await TokenAsync());

        ShouldSucceed(await RevokeAsync(token, hint));

        Assert.Equal(401, _server.Server.CheckAccessToken($"Bearer {token}").Status);
        Assert.Equal(200, _server.Server.CheckAccessToken($"Bearer {other}").Status);
    }

    [Theory]
    [InlineData(null), InlineData("access_token"), InlineData("refresh_token")]
    public async Task A_refresh_token_is_revoked_together_with_its_access_tokens(string? hint)
    {
        var first = await RefreshAsync(_server.Server.IssueRefreshToken(TestData.ClientId));

        ShouldSucceed(await RevokeAsync(first["refresh_token"]!, hint));

        Assert.Equal(401, _server.Server.CheckAccessToken($"Bearer {first.AccessToken}").Status);
        (await RefreshAsync(first["refresh_token"]!)).ShouldBeRefused(400, "invalid_grant", "S17");
    }

    [Fact]
    public async Task Revoking_an_unknown_or_already_revoked_token_succeeds()
    {
        var token = await TokenAsync();

        ShouldSucceed(await RevokeAsync("unknown"));
        ShouldSucceed(await RevokeAsync(token));
        ShouldSucceed(await RevokeAsync(token));
    }

    [Fact]
    public async Task A_client_cannot_revoke_a_token_of_another_client()
    {
        _server.Server.RegisterClient(new() { Id = TestData.OtherClientId, ClientSecret = "s" });
        var (token, refreshToken) = (await TokenAsync(), _server.Server.IssueRefreshToken(TestData.ClientId));

        foreach (var tokenOfOtherClient in new[] { token, refreshToken })
            (await PostAsync(("token", tokenOfOtherClient), ("client_id", TestData.OtherClientId), ("client_secret", "s")))
                .ShouldBeRefused(400, "invalid_grant", "S17");

        Assert.Equal(200, _server.Server.CheckAccessToken($"Bearer {token}").Status);
        (await RefreshAsync(refreshToken)).ShouldBeGranted();
    }

    [Fact]
    public async Task A_revocation_request_without_valid_client_authentication_is_refused()
    {
        var token = await TokenAsync();

        (await PostAsync(("token", token))).ShouldBeRefused(401, "invalid_client", "S17");
        (await PostAsync(("token", token), ("client_id", TestData.ClientId))).ShouldBeRefused(401, "invalid_client", "S17");
        (await PostAsync([("token", token), .. TestServer.ClientAssertion(new JwtBuilder().WithClaim("aud", _server.Server.RevocationEndpoint).Compact())]))
            .ShouldBeRefused(401, "invalid_client", "S12");
        Assert.Equal(200, _server.Server.CheckAccessToken($"Bearer {token}").Status);
    }

    [Fact]
    public async Task A_public_client_revokes_with_its_client_id_alone()
    {
        _server.Server.RegisterClient(new() { Id = "public", AllowedAuthenticationMethods = ["none"] });

        ShouldSucceed(await PostAsync(("token", _server.Server.IssueRefreshToken("public")), ("client_id", "public")));
    }

    [Fact]
    public async Task A_client_assertion_from_the_token_endpoint_is_refused_as_a_replay()
    {
        var assertion = new JwtBuilder().Compact();
        (await _server.PresentAsync(assertion, AssertionRole.ClientAuthentication)).ShouldBeGranted();

        (await PostAsync([("token", "unknown"), .. TestServer.ClientAssertion(assertion)])).ShouldBeRefused(401, "invalid_client", "S16");
    }

    [Fact]
    public async Task A_revocation_request_without_a_token_is_an_invalid_request() =>
        (await PostAsync(TestServer.ClientAssertion())).ShouldBeRefused(400, "invalid_request", "S01");

    [Fact]
    public async Task The_metadata_contain_the_revocation_endpoint()
    {
        var metadata = await _server.GetAsync(TestData.Issuer + "/.well-known/oauth-authorization-server");

        Assert.Equal((TestData.Issuer + "/revoke", TestData.Issuer + "/revoke"), (metadata["revocation_endpoint"], _server.Server.RevocationEndpoint));
        Assert.Contains("private_key_jwt", metadata["revocation_endpoint_auth_methods_supported"]!, StringComparison.Ordinal);
    }

    private static void ShouldSucceed(TestResponse response)
    {
        Assert.Equal((HttpStatusCode.OK, ""), (response.Status, response.Body));
        Assert.Null(response.Refusal);
    }

    private async Task<string> TokenAsync() => (await _server.PresentAsync(new JwtBuilder(), AssertionRole.Grant)).ShouldBeGranted().AccessToken;

    private Task<TestResponse> RefreshAsync(string token) => _server.PostAsync(
        [("grant_type", "refresh_token"), ("refresh_token", token), .. TestServer.ClientAssertion()]);

    private Task<TestResponse> RevokeAsync(string token, string? hint = null) =>
        PostAsync([("token", token), ("token_type_hint", hint ?? ""), .. TestServer.ClientAssertion()]);

    private Task<TestResponse> PostAsync(params (string Name, string Value)[] fields) => _server.SendAsync(
        new HttpRequestMessage(HttpMethod.Post, _server.Server.RevocationEndpoint)
        {
            Content = new FormUrlEncodedContent(fields.Select(field => KeyValuePair.Create(field.Name, field.Value))),
        });
}
