using JwtGrantClient.Testing;
using JwtGrantClient.Tests.TestSupport;
using JwtGrantClient.Tests.TokenEndpoint;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Polly;

namespace JwtGrantClient.Tests.Scenarios;

/// <summary>Tokens given back before their time (RFC 7009), at the strict server.</summary>
public sealed class RevocationTests : IAsyncLifetime
{
    private static readonly TokenRequest Narrow = new() { Scope = "read" };

    private StrictAuthorizationServer _server = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _server = await StrictAuthorizationServer.StartAsync(cancellationToken: Cancellation);
        _server.RegisterClient(new() { Id = TestData.ClientId, PublicKeyPem = TestData.RsaPublicPem, ClientSecret = "s3cret" });
    }

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Theory]
    [InlineData(ClientAuthenticationMethod.PrivateKeyJwt)]
    [InlineData(ClientAuthenticationMethod.ClientSecretBasic)]
    public async Task The_kept_token_of_a_request_is_given_up_and_the_server_told_with_the_client_s_authentication(ClientAuthenticationMethod method)
    {
        await using var client = JwtGrantTokenSource.Create(Options(method));
        var (kept, other) = (await client.GetTokenAsync(Cancellation), await client.GetTokenAsync(Narrow, Cancellation));

        await client.Revocation.RevokeAsync(TokenRequest.Default, Cancellation);

        Assert.False(IsGood(kept));
        Assert.True(IsGood(other));
        Assert.Same(other, await client.GetTokenAsync(Narrow, Cancellation));
        Assert.NotEqual(kept.Value, (await client.GetTokenAsync(Cancellation)).Value);
        Assert.Equal("access_token", Assert.Single(Revocations())["token_type_hint"]);
    }

    [Fact]
    public async Task Where_nothing_is_kept_nothing_is_sent()
    {
        await using var client = JwtGrantTokenSource.Create(Options());

        await client.Revocation.RevokeAsync(TokenRequest.Default, Cancellation);
        await client.Revocation.RevokeAsync(Narrow, Cancellation);

        Assert.Empty(_server.Requests);
    }

    [Fact]
    public async Task A_refresh_token_is_revoked_by_its_text_and_one_that_the_server_does_not_know_counts_as_revoked()
    {
        await using var client = JwtGrantTokenSource.Create(Options());
        var refresh = _server.IssueRefreshToken(TestData.ClientId, "read");

        await client.Revocation.RevokeTokenAsync(refresh, "refresh_token", Cancellation);
        await client.Revocation.RevokeTokenAsync("unknown", cancellationToken: Cancellation);

        var error = await Assert.ThrowsAsync<JwtGrantException>(() => client.Endpoint.RequestAsync(Grant.RefreshToken(refresh), Cancellation));
        Assert.Equal("invalid_grant", error.Error);
    }

    [Fact]
    public async Task A_refusal_is_told_and_the_token_is_given_up_nevertheless()
    {
        await using var client = JwtGrantTokenSource.Create(Options());
        var kept = await client.GetTokenAsync(Cancellation);
        _server.RegisterClient(new() { Id = TestData.ClientId, PublicKeyPem = Keys.P256.ExportSubjectPublicKeyInfoPem() });

        var error = await Assert.ThrowsAsync<JwtGrantException>(() => client.Revocation.RevokeAsync(TokenRequest.Default, Cancellation));

        Assert.Equal(("token_request_refused", "invalid_client"), (error.Code, error.Error));
        _server.RegisterClient(new() { Id = TestData.ClientId, PublicKeyPem = TestData.RsaPublicPem });
        Assert.NotSame(kept, await client.GetTokenAsync(Cancellation));
    }

    [Fact]
    public async Task A_server_in_trouble_is_asked_again_with_a_fresh_assertion()
    {
        await using var site = await ScriptedServer.StartAsync(Reply.Status(503, ("Retry-After", "0")), Reply.Status(200));
        var options = Options();
        options.RevocationEndpoint = site.Address + "/revoke";
        await using var client = JwtGrantTokenSource.Create(options);

        await client.Revocation.RevokeTokenAsync("t", cancellationToken: Cancellation);

        Assert.Equal(2, site.Requests.Select(sent => sent.ClientAssertion["jti"]).Distinct().Count());
        Assert.All(site.Requests, sent => Assert.Equal(_server.Issuer, sent.ClientAssertion["aud"]));
    }

    [Fact]
    public async Task Without_a_place_to_revoke_at_the_error_says_what_to_set()
    {
        var options = Options();
        (options.Issuer, options.TokenEndpoint, options.ClientAssertion.Audience) = (null, _server.TokenEndpoint, _server.Issuer);
        await using var client = JwtGrantTokenSource.Create(options);

        var error = await Assert.ThrowsAsync<JwtGrantException>(() => client.Revocation.RevokeTokenAsync("t", cancellationToken: Cancellation));

        Assert.Equal((JwtGrantErrorKind.Configuration, "revocation_unavailable"), (error.Kind, error.Code));
        Assert.Equal("There is no RevocationEndpoint, nor an Issuer whose metadata could name one. Set RevocationEndpoint.", error.Message);
    }

    [Theory]
    [InlineData(true), InlineData(false)]
    public async Task At_the_end_of_a_client_without_a_container_all_is_revoked_where_that_is_set(bool isSet)
    {
        var options = Options();
        options.RevokeOnDispose = isSet;
        var client = JwtGrantTokenSource.Create(options);
        AccessToken[] kept = [await client.GetTokenAsync(Cancellation), await client.GetTokenAsync(Narrow, Cancellation)];

        await client.DisposeAsync();

        Assert.All(kept, token => Assert.Equal(!isSet, IsGood(token)));
    }

    [Fact]
    public async Task At_the_end_of_a_container_all_is_revoked_and_a_server_that_is_gone_does_not_hold_it_up()
    {
        var log = new LogLines();
        var services = new ServiceCollection();
        services.AddSingleton<ILoggerFactory>(new LoggerFactory([log]));
        services.AddJwtGrantClient("good", options => Configure(options, revokeOnDispose: true));
        services.AddJwtGrantClient("gone", options =>
        {
            Configure(options, revokeOnDispose: true);
            options.RevocationEndpoint = "https://localhost:1/revoke";
        }).UseRetryPipeline(_ => ResiliencePipeline.Empty);
        var provider = services.BuildServiceProvider();
        var good = await provider.GetRequiredKeyedService<ITokenSource>("good").GetTokenAsync(Cancellation);
        var gone = await provider.GetRequiredKeyedService<ITokenSource>("gone").GetTokenAsync(Cancellation);

        await provider.DisposeAsync();

        Assert.Equal((false, true), (IsGood(good), IsGood(gone)));
        Assert.Contains(log.All, line => line.StartsWith("Warning 8 Client 'gone' could not revoke a token at its end", StringComparison.Ordinal));
    }

    private bool IsGood(AccessToken token) => _server.CheckAccessToken($"Bearer {token.Value}").IsValid;

    private List<RecordedRequest> Revocations() => [.. _server.Requests.Where(request => request.Path.EndsWith("/revoke", StringComparison.Ordinal))];

    private JwtGrantOptions Options(ClientAuthenticationMethod method = ClientAuthenticationMethod.PrivateKeyJwt)
    {
        var options = new JwtGrantOptions();
        Configure(options, revokeOnDispose: false);
        options.ClientAuthentication = method;
        if (method == ClientAuthenticationMethod.ClientSecretBasic)
            options.ClientSecret = "s3cret";
        return options;
    }

    private void Configure(JwtGrantOptions options, bool revokeOnDispose)
    {
        options.Issuer = _server.Issuer;
        options.ClientId = TestData.ClientId;
        options.Grant = GrantType.ClientCredentials;
        options.ClientAuthentication = ClientAuthenticationMethod.PrivateKeyJwt;
        options.SigningKey.Text = TestData.RsaPrivatePem;
        options.AllowLoopbackHttp = true;
        options.RevokeOnDispose = revokeOnDispose;
    }
}
