using JwtGrantClient.Testing.Tests.TestSupport;

namespace JwtGrantClient.Testing.Tests;

/// <summary>The result of checking an Authorization header at a resource server (RFC 6750 section 3).</summary>
public sealed class AccessTokenCheckTests
{
    private readonly TestServer _server = TestServer.Start(clock => new() { TimeProvider = clock, TokenLifetime = TimeSpan.FromSeconds(10) });

    [Theory]
    [InlineData(null, 401, "Bearer"), InlineData("", 401, "Bearer"), InlineData("{0}", 401, "Bearer")]
    [InlineData("Basic {0}", 401, "Bearer")]
    [InlineData("DPoP {0}", 401, "Bearer"), InlineData("Bearer{0}", 401, "Bearer"), InlineData("Bearer", 401, "Bearer")]
    [InlineData("Bearer ", 401, "Bearer error=\"invalid_token\""), InlineData("Bearer x", 401, "Bearer error=\"invalid_token\"")]
    [InlineData("Bearer {0}x", 401, "Bearer error=\"invalid_token\"")]
    [InlineData("Bearer {0}, Bearer {0}", 401, "Bearer error=\"invalid_token\"")]
    [InlineData("Bearer {0}", 200, null), InlineData("bearer {0}", 200, null), InlineData("BEARER {0}", 200, null)]
    public async Task An_Authorization_header_gets_the_status_and_challenge_of_RFC_6750(string? header, int status, string? challenge)
    {
        var token = await TokenAsync();

        var check = _server.Server.CheckAccessToken(header?.Replace("{0}", token, StringComparison.Ordinal));

        Assert.Equal((status, challenge is null), (check.Status, check.IsValid));
        Assert.StartsWith(challenge ?? "", check.WwwAuthenticate ?? "", StringComparison.Ordinal);
        Assert.Equal(
            challenge is null ? (TestData.ClientId, TestData.ClientId, "read write") : default, (check.ClientId, check.Subject, check.Scope));
    }

    [Theory]
    [InlineData("read", 200), InlineData("write", 200), InlineData("rea", 403), InlineData("delete", 403), InlineData("read write", 403)]
    public async Task A_token_passes_only_if_the_required_scope_is_one_of_its_scopes(string scope, int status)
    {
        var check = _server.Server.CheckAccessToken($"Bearer {await TokenAsync()}", scope);

        Assert.Equal(status, check.Status);
        Assert.Equal(status == 200 ? null : $"Bearer error=\"insufficient_scope\", scope=\"{scope}\"", check.WwwAuthenticate);
    }

    [Theory]
    [InlineData(-1, 200), InlineData(0, 401)]
    public async Task A_token_is_invalid_from_its_exp_on(int ticks, int status)
    {
        var token = await TokenAsync();
        _server.Clock.Advance(TimeSpan.FromSeconds(10) + TimeSpan.FromTicks(ticks));

        Assert.Equal(status, _server.Server.CheckAccessToken($"Bearer {token}").Status);
    }

    [Fact]
    public async Task A_revoked_token_is_invalid_and_other_tokens_stay_valid()
    {
        var (first, second) = (await TokenAsync(), await TokenAsync());

        _server.Server.Revoke(first);
        _server.Server.Revoke("unknown");

        Assert.Equal(401, _server.Server.CheckAccessToken($"Bearer {first}").Status);
        Assert.Equal(200, _server.Server.CheckAccessToken($"Bearer {second}").Status);
    }

    [Fact]
    public async Task RevokeAll_invalidates_all_tokens_and_new_tokens_are_valid()
    {
        var token = await TokenAsync();

        _server.Server.RevokeAll();

        Assert.Equal(401, _server.Server.CheckAccessToken($"Bearer {token}").Status);
        Assert.Equal(200, _server.Server.CheckAccessToken($"Bearer {await TokenAsync()}").Status);
        Assert.Equal(2, _server.Server.TokensIssued);
    }

    [Fact]
    public async Task A_token_of_another_server_is_invalid() =>
        Assert.Equal(401, TestServer.Start().Server.CheckAccessToken($"Bearer {await TokenAsync()}").Status);

    private async Task<string> TokenAsync() =>
        (await _server.PostAsync(("grant_type", TestData.JwtBearer), ("assertion", new JwtBuilder().Compact()), ("scope", "read write")))
            .ShouldBeGranted().AccessToken;
}
