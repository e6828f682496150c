using JwtGrantClient.Testing;
using JwtGrantClient.Tests.TestSupport;
using JwtGrantClient.Tests.TokenEndpoint;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;
using Polly;

namespace JwtGrantClient.Tests.Revocation;

/// <summary>Token revocation (RFC 7009) at the strict server.</summary>
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
    public async Task Revoking_a_request_revokes_its_cached_token_with_client_authentication(ClientAuthenticationMethod method)
    {
        await using var client = JwtGrantTokenSource.Create(Options(method));
        var (cached, other) = (await client.GetTokenAsync(Cancellation), await client.GetTokenAsync(Narrow, Cancellation));

        await client.Revocation.RevokeAsync(TokenRequest.Default, Cancellation);

        Assert.False(IsValid(cached));
        Assert.True(IsValid(other));
        Assert.Same(other, await client.GetTokenAsync(Narrow, Cancellation));
        Assert.NotEqual(cached.Value, (await client.GetTokenAsync(Cancellation)).Value);
        Assert.Equal("access_token", Assert.Single(Revocations())["token_type_hint"]);
    }

    [Fact]
    public async Task Revoking_a_request_without_a_cached_token_sends_nothing()
    {
        await using var client = JwtGrantTokenSource.Create(Options());

        await client.Revocation.RevokeAsync(TokenRequest.Default, Cancellation);
        await client.Revocation.RevokeAsync(Narrow, Cancellation);

        Assert.Empty(_server.Requests);
    }

    [Fact]
    public async Task A_refresh_token_is_revoked_by_its_value_and_an_unknown_token_counts_as_revoked()
    {
        await using var client = JwtGrantTokenSource.Create(Options());
        var refresh = _server.IssueRefreshToken(TestData.ClientId, "read");

        await client.Revocation.RevokeTokenAsync(refresh, "refresh_token", Cancellation);
        await client.Revocation.RevokeTokenAsync("unknown", cancellationToken: Cancellation);

        var error = await Assert.ThrowsAsync<JwtGrantException>(() => client.Endpoint.RequestAsync(Grant.RefreshToken(refresh), Cancellation));
        Assert.Equal("invalid_grant", error.Error);
    }

    [Fact]
    public async Task A_rejected_revocation_is_reported_and_the_token_is_still_removed_from_the_cache()
    {
        await using var client = JwtGrantTokenSource.Create(Options());
        var cached = await client.GetTokenAsync(Cancellation);
        _server.RegisterClient(new() { Id = TestData.ClientId, PublicKeyPem = Keys.P256.ExportSubjectPublicKeyInfoPem() });

        var error = await Assert.ThrowsAsync<JwtGrantException>(() => client.Revocation.RevokeAsync(TokenRequest.Default, Cancellation));

        Assert.Equal(("token_request_refused", "invalid_client"), (error.Code, error.Error));
        _server.RegisterClient(new() { Id = TestData.ClientId, PublicKeyPem = TestData.RsaPublicPem });
        Assert.NotSame(cached, await client.GetTokenAsync(Cancellation));
    }

    [Fact]
    public async Task A_revocation_is_retried_with_a_new_assertion_after_a_server_error()
    {
        await using var server = await ScriptedServer.StartAsync(Reply.Status(503, ("Retry-After", "0")), Reply.Status(200));
        var options = Options();
        options.RevocationEndpoint = server.Address + "/revoke";
        await using var client = JwtGrantTokenSource.Create(options);

        await client.Revocation.RevokeTokenAsync("t", cancellationToken: Cancellation);

        Assert.Equal(2, server.Requests.Select(sent => sent.ClientAssertion["jti"]).Distinct().Count());
        Assert.All(server.Requests, sent => Assert.Equal(_server.Issuer, sent.ClientAssertion["aud"]));
    }

    [Fact]
    public async Task A_revocation_without_a_response_is_a_timeout_of_the_endpoint()
    {
        var (sent, time) = (new TaskCompletionSource(), new FakeTimeProvider(TestData.Moment));
        var handler = new StubHandler(async (_, cancellationToken) =>
        {
            sent.SetResult();
            await Task.Delay(Timeout.Infinite, cancellationToken);
            return new();
        });
        var options = TestClient.Options();
        options.RevocationEndpoint = "https://as.example.com/revoke";
        options.Retry.MaxRetryAttempts = 0;
        await using var client = JwtGrantTokenSource.Create(options, tokenEndpointHandler: handler, timeProvider: time);

        var revocation = client.Revocation.RevokeTokenAsync("t", cancellationToken: Cancellation);
        await sent.Task.WithTimeout();
        time.Advance(options.Retry.AttemptTimeout);

        Assert.Equal("token_endpoint_timeout", (await Assert.ThrowsAsync<JwtGrantException>(() => revocation.WithTimeout())).Code);
    }

    [Fact]
    public async Task The_error_says_what_to_set_if_no_revocation_endpoint_is_known()
    {
        var options = Options();
        (options.Issuer, options.TokenEndpoint, options.ClientAssertion.Audience) = (null, _server.TokenEndpoint, _server.Issuer);
        await using var client = JwtGrantTokenSource.Create(options);

        var error = await Assert.ThrowsAsync<JwtGrantException>(() => client.Revocation.RevokeTokenAsync("t", cancellationToken: Cancellation));

        Assert.Equal((JwtGrantErrorKind.Configuration, "revocation_unavailable"), (error.Kind, error.Code));
        Assert.Equal("There is no RevocationEndpoint, and no Issuer whose metadata could contain one. Set RevocationEndpoint.", error.Text);
    }

    [Theory]
    [InlineData(true), InlineData(false)]
    public async Task Disposing_a_client_revokes_its_tokens_only_if_RevokeOnDispose_is_set(bool isSet)
    {
        var options = Options();
        options.RevokeOnDispose = isSet;
        var client = JwtGrantTokenSource.Create(options);
        AccessToken[] cached = [await client.GetTokenAsync(Cancellation), await client.GetTokenAsync(Narrow, Cancellation)];

        await client.DisposeAsync();

        Assert.All(cached, token => Assert.Equal(!isSet, IsValid(token)));
    }

    [Fact]
    public async Task Disposing_the_container_revokes_all_tokens_and_an_unreachable_server_does_not_block_it()
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

        Assert.Equal((false, true), (IsValid(good), IsValid(gone)));
        Assert.Contains(log.All, line => line.StartsWith("Warning 8 Client 'gone' could not revoke 1 of 1 tokens when it was disposed", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Forgetting_a_subject_revokes_all_of_its_tokens_and_no_others()
    {
        await using var client = JwtGrantTokenSource.Create(UserOptions());
        TokenRequest alice = new() { Subject = "alice" }, aliceNarrow = new() { Subject = "alice", Scope = "read" }, bob = new() { Subject = "bob" };
        var tokens = new List<AccessToken>();
        foreach (var request in new[] { alice, aliceNarrow, bob })
            tokens.Add(await client.GetTokenAsync(request, Cancellation));

        await client.Revocation.ForgetSubjectAsync("alice", Cancellation);

        Assert.Equal([false, false, true], tokens.Select(IsValid));
        Assert.Same(tokens[2], await client.GetTokenAsync(bob, Cancellation));
        Assert.NotEqual(tokens[0].Value, (await client.GetTokenAsync(alice, Cancellation)).Value);
    }

    [Fact]
    public async Task A_subject_is_forgotten_without_an_error_if_the_server_has_no_revocation_endpoint()
    {
        var options = UserOptions();
        (options.Issuer, options.TokenEndpoint, options.Assertion.Audience, options.ClientAssertion.Audience) = (null, _server.TokenEndpoint, _server.Issuer, _server.Issuer);
        await using var client = JwtGrantTokenSource.Create(options);
        var token = await client.GetTokenAsync(new() { Subject = "alice" }, Cancellation);

        await client.Revocation.ForgetSubjectAsync("alice", Cancellation);

        Assert.True(IsValid(token));
        Assert.NotEqual(token.Value, (await client.GetTokenAsync(new() { Subject = "alice" }, Cancellation)).Value);
    }

    [Fact]
    public async Task A_rejected_revocation_of_one_token_does_not_prevent_that_of_the_others()
    {
        await using var server = await ScriptedServer.StartAsync(Reply.Error("invalid_client"), Reply.Error("unsupported_token_type"));
        var options = UserOptions();
        options.RevocationEndpoint = server.Address + "/revoke";
        await using var client = JwtGrantTokenSource.Create(options);
        await client.GetTokenAsync(new() { Subject = "alice" }, Cancellation);
        await client.GetTokenAsync(new() { Subject = "alice", Scope = "read" }, Cancellation);

        var error = await Assert.ThrowsAsync<JwtGrantException>(() => client.Revocation.ForgetSubjectAsync("alice", Cancellation));

        // The revocations run at the same time, so that either error may be the first.
        Assert.Contains(error.Error, (string[])["invalid_client", "unsupported_token_type"]);
        Assert.Equal(2, server.Requests.Count);
        await client.Revocation.ForgetSubjectAsync("alice", Cancellation);
        Assert.Equal(2, server.Requests.Count);
    }

    [Fact]
    public async Task A_cancelled_call_forgets_the_subject_nevertheless()
    {
        await using var client = JwtGrantTokenSource.Create(UserOptions());
        var token = await client.GetTokenAsync(new() { Subject = "alice" }, Cancellation);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => client.Revocation.ForgetSubjectAsync("alice", new CancellationToken(canceled: true)));

        Assert.NotEqual(token.Value, (await client.GetTokenAsync(new() { Subject = "alice" }, Cancellation)).Value);
        await Assert.ThrowsAsync<ArgumentException>(() => client.Revocation.ForgetSubjectAsync("", Cancellation));
    }

    private bool IsValid(AccessToken token) => _server.CheckAccessToken($"Bearer {token.Value}").IsValid;

    private List<RecordedRequest> Revocations() => [.. _server.Requests.Where(request => request.Path.EndsWith("/revoke", StringComparison.Ordinal))];

    private JwtGrantOptions UserOptions()
    {
        var options = Options();
        options.Grant = GrantType.JwtBearer;
        return options;
    }

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
