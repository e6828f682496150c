using System.Diagnostics.Metrics;
using System.Text.Json;
using JwtGrantClient.Diagnostics;
using JwtGrantClient.Testing;
using JwtGrantClient.Tests.TestSupport;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;

namespace JwtGrantClient.Tests.Scenarios;

/// <summary>A client whose clock is wrong, against the strict server, which sends its own time in the Date header.</summary>
public sealed class ClockCorrectionTests : IDisposable
{
    private const int ClockCorrected = 34;

    private readonly FakeTimeProvider _serverTime = new(TestData.Moment);
    private readonly LogLines _log = new();

    public static TheoryData<int> CorrectedOffsets => [-599, -300, 90, 300, 599];

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _log.Dispose();

    [Theory]
    [MemberData(nameof(CorrectedOffsets))]
    public async Task A_refused_assertion_is_repeated_with_the_time_of_the_server(int secondsAhead)
    {
        await using var server = CreateServer();
        await using var client = CreateClient(server, secondsAhead);

        var token = await client.Tokens.GetTokenAsync(Cancellation);

        Assert.Equal(2, TokenRequests(server).Count);
        Assert.Equal(_serverTime.GetUtcNow().ToUnixTimeSeconds(), IssuedAt(server, 1), 1.0);
        Assert.NotEqual(JwtId(server, 0), JwtId(server, 1));
        // The lifetime of the token counts by the local clock.
        Assert.Equal(client.Time.GetUtcNow() + TimeSpan.FromMinutes(5), token.ExpiresAt, TimeSpan.FromSeconds(1));
        var line = Assert.Single(_log.All, line => line.Contains($"Warning {ClockCorrected} ", StringComparison.Ordinal));
        Assert.Contains(secondsAhead > 0 ? "ahead of the server's" : "behind the server's", line, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Requests_that_are_refused_at_the_same_time_are_all_repeated()
    {
        const int users = 3;
        await using var server = CreateServer();
        await using var client = CreateClient(server, secondsAhead: 300, handler: new TogetherHandler(users) { InnerHandler = server.CreateHandler() });

        await Task.WhenAll(Enumerable.Range(0, users).Select(user => client.Tokens.GetTokenAsync(new TokenRequest { Subject = $"user-{user}" }, Cancellation).AsTask())).WithTimeout();

        Assert.Equal(2 * users, TokenRequests(server).Count);
        Assert.Single(_log.All, line => line.Contains($"Warning {ClockCorrected} ", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Later_assertions_have_the_time_of_the_server_at_once()
    {
        await using var server = CreateServer();
        await using var client = CreateClient(server, secondsAhead: 120);
        await client.Tokens.GetTokenAsync(Cancellation);
        Advance(client, TimeSpan.FromMinutes(5));

        await client.Tokens.GetTokenAsync(new TokenRequest { Subject = "user-1" }, Cancellation);

        Assert.Equal(3, TokenRequests(server).Count);
        Assert.Single(_log.All, line => line.Contains($"Warning {ClockCorrected} ", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_clock_that_was_set_is_followed_without_a_refusal_where_the_server_is_tolerant()
    {
        await using var server = CreateServer();
        await using var client = CreateClient(server, secondsAhead: 65);
        await client.Tokens.GetTokenAsync(Cancellation);
        client.Ahead = TimeSpan.Zero;
        Advance(client, TimeSpan.FromMinutes(5));

        // The old correction makes this assertion 65 s old, which is within its lifetime.
        await client.Tokens.GetTokenAsync(new TokenRequest { Subject = "user-2" }, Cancellation);
        await client.Tokens.GetTokenAsync(new TokenRequest { Subject = "user-3" }, Cancellation);

        Assert.Equal(4, TokenRequests(server).Count);
        Assert.Equal(_serverTime.GetUtcNow().ToUnixTimeSeconds() - 65, IssuedAt(server, 2), 1.0);
        Assert.Equal(_serverTime.GetUtcNow().ToUnixTimeSeconds(), IssuedAt(server, 3), 1.0);
    }

    [Fact]
    public async Task A_clock_that_was_set_is_followed_after_a_refusal()
    {
        await using var server = CreateServer();
        await using var client = CreateClient(server, secondsAhead: 300);
        await client.Tokens.GetTokenAsync(Cancellation);
        client.Ahead = TimeSpan.Zero;
        Advance(client, TimeSpan.FromMinutes(5));

        await client.Tokens.GetTokenAsync(new TokenRequest { Subject = "user-4" }, Cancellation);

        Assert.Equal(4, TokenRequests(server).Count);
        Assert.Equal(_serverTime.GetUtcNow().ToUnixTimeSeconds(), IssuedAt(server, 3), 1.0);
    }

    [Theory]
    [InlineData(3600)]
    [InlineData(-602)]
    public async Task An_offset_of_more_than_ten_minutes_is_not_corrected_but_reported(int secondsAhead)
    {
        await using var server = CreateServer();
        await using var client = CreateClient(server, secondsAhead);

        var error = await Assert.ThrowsAsync<JwtGrantException>(() => client.Tokens.GetTokenAsync(Cancellation).AsTask());

        Assert.Equal("invalid_grant", error.Error);
        Assert.Contains($"This machine's clock is {Math.Abs(secondsAhead)} s {(secondsAhead > 0 ? "ahead of" : "behind")} the server's Date", error.Message, StringComparison.Ordinal);
        Assert.Single(TokenRequests(server));
        Assert.DoesNotContain(_log.All, line => line.Contains($" {ClockCorrected} ", StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_metrics_have_the_offset_and_the_correction()
    {
        await using var server = CreateServer();
        var services = new ServiceCollection();
        services.AddMetrics();
        services.AddSingleton<TimeProvider>(new FakeTimeProvider(_serverTime.GetUtcNow().AddMinutes(2)));
        services.AddJwtGrantClient(options => Configure(options, server)).UseTokenEndpointHandler(_ => server.CreateHandler());
        await using var provider = services.BuildServiceProvider();
        var tokens = provider.GetRequiredService<ITokenSource>();
        using var measurements = new Measurements(provider.GetRequiredService<IMeterFactory>().Create(TokenMetrics.MeterName));
        var before = (measurements.Read("jwtgrantclient.clock.offset"), measurements.Read("jwtgrantclient.clock.correction"));

        await tokens.GetTokenAsync(Cancellation);

        Assert.Empty(before.Item1);
        Assert.Equal(["0 client="], before.Item2);
        Assert.Equal(["120 client="], measurements.Read("jwtgrantclient.clock.offset"));
        Assert.Equal(["-120 client="], measurements.Read("jwtgrantclient.clock.correction"));
    }

    [Fact]
    public async Task The_setting_turns_the_correction_off()
    {
        await using var server = CreateServer();
        await using var client = CreateClient(server, secondsAhead: 300, options => options.ClockCorrection = false);

        var error = await Assert.ThrowsAsync<JwtGrantException>(() => client.Tokens.GetTokenAsync(Cancellation).AsTask());

        Assert.Contains("clock is 300 s ahead of", error.Message, StringComparison.Ordinal);
        Assert.Single(TokenRequests(server));
    }

    [Fact]
    public async Task A_refusal_that_the_clock_does_not_explain_is_not_repeated()
    {
        await using var server = CreateServer();
        await using var client = CreateClient(server, secondsAhead: 4, options => options.Assertion.Audience = "https://other.example.com");

        await Assert.ThrowsAsync<JwtGrantException>(() => client.Tokens.GetTokenAsync(Cancellation).AsTask());

        Assert.Single(TokenRequests(server));
    }

    [Fact]
    public async Task A_refusal_for_another_reason_is_repeated_once_and_no_longer_blames_the_clock()
    {
        await using var server = CreateServer();
        await using var client = CreateClient(server, secondsAhead: 120, options => options.Assertion.Audience = "https://other.example.com");

        var error = await Assert.ThrowsAsync<JwtGrantException>(() => client.Tokens.GetTokenAsync(Cancellation).AsTask());

        Assert.Equal(2, TokenRequests(server).Count);
        Assert.DoesNotContain("clock is", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Invalid 'exp' claim in client_assertion JWT - JWT has expired", 2)]
    [InlineData("Missing 'kid' header in client_assertion JWT", 1)]
    public async Task An_invalid_request_is_repeated_if_its_text_is_about_the_times(string text, int requests)
    {
        var endpoint = new FakeTokenEndpoint
        {
            ResponseOverride = number =>
            {
                if (number > 1)
                    return null;
                var response = new HttpResponseMessage(System.Net.HttpStatusCode.BadRequest) { Content = new StringContent($$"""{"error":"invalid_request","error_description":"{{text}}"}""") };
                response.Headers.Date = TestData.Moment.AddMinutes(9);
                return response;
            },
        };
        var options = TestClient.Options();
        options.Retry.MaxRetryAttempts = 0;
        await using var client = JwtGrantTokenSource.Create(options, tokenEndpointHandler: endpoint.Handler, timeProvider: _serverTime);

        var failure = await Record.ExceptionAsync(() => client.GetTokenAsync(Cancellation).AsTask());

        Assert.Equal((requests, requests == 1), (endpoint.Requests, failure is JwtGrantException));
    }

    [Fact]
    public async Task An_assertion_from_a_file_is_not_repeated()
    {
        using var folder = new TemporaryFolder();
        await using var server = CreateServer();
        var path = Path.Combine(folder.Path, "token");
        await File.WriteAllTextAsync(path, Jwt.CreateFake(_serverTime.GetUtcNow().AddHours(1)), Cancellation);
        await using var client = CreateClient(server, secondsAhead: 300, options => (options.Assertion.TokenFile, options.SigningKey) = (path, new()));

        await Assert.ThrowsAsync<JwtGrantException>(() => client.Tokens.GetTokenAsync(Cancellation).AsTask());

        Assert.Single(TokenRequests(server));
    }

    [Fact]
    public async Task A_client_assertion_and_its_DPoP_proof_have_the_time_of_the_server()
    {
        await using var server = CreateServer();
        await using var client = CreateClient(server, secondsAhead: 200, options =>
        {
            (options.Grant, options.ClientAuthentication) = (GrantType.ClientCredentials, ClientAuthenticationMethod.PrivateKeyJwt);
            options.DPoP.Enabled = true;
        });

        var token = await client.Tokens.GetTokenAsync(Cancellation);

        Assert.Equal("DPoP", token.Type);
    }

    [Fact]
    public async Task A_single_use_grant_is_not_repeated_but_the_next_one_has_the_time_of_the_server()
    {
        await using var server = CreateServer();
        await using var client = CreateClient(server, secondsAhead: 200, options => options.ClientAuthentication = ClientAuthenticationMethod.PrivateKeyJwt);

        await Assert.ThrowsAsync<JwtGrantException>(() => client.Tokens.Endpoint.RequestAsync(Grant.RefreshToken("unknown"), Cancellation));
        var second = await Assert.ThrowsAsync<JwtGrantException>(() => client.Tokens.Endpoint.RequestAsync(Grant.RefreshToken("unknown"), Cancellation));

        Assert.Equal(2, TokenRequests(server).Count);
        Assert.Equal("invalid_grant", second.Error);
        Assert.DoesNotContain("clock is", second.Message, StringComparison.Ordinal);
    }

    private StrictAuthorizationServer CreateServer()
    {
        var server = StrictAuthorizationServer.CreateInMemory(new() { TimeProvider = _serverTime });
        server.RegisterClient(new() { Id = TestData.ClientId, PublicKeyPem = TestData.RsaPublicPem });
        return server;
    }

    private WrongClockClient CreateClient(StrictAuthorizationServer server, int secondsAhead, Action<JwtGrantOptions>? configure = null, HttpMessageHandler? handler = null)
    {
        var options = new JwtGrantOptions();
        Configure(options, server);
        configure?.Invoke(options);
        var time = new FakeTimeProvider(_serverTime.GetUtcNow() + TimeSpan.FromSeconds(secondsAhead));
        return new(
            JwtGrantTokenSource.Create(options, tokenEndpointHandler: handler ?? server.CreateHandler(), timeProvider: time, loggerFactory: new LoggerFactory([_log])), time, _serverTime);
    }

    private static void Configure(JwtGrantOptions options, StrictAuthorizationServer server)
    {
        (options.Issuer, options.ClientId, options.AllowLoopbackHttp, options.Retry.MaxRetryAttempts) = (server.Issuer, TestData.ClientId, true, 0);
        options.SigningKey.Text = TestData.RsaPrivatePem;
    }

    private void Advance(WrongClockClient client, TimeSpan time)
    {
        _serverTime.Advance(time);
        client.SetTime();
    }

    private static List<RecordedRequest> TokenRequests(StrictAuthorizationServer server) => [.. server.Requests.Where(request => request.Method == "POST")];

    private static double IssuedAt(StrictAuthorizationServer server, int request) => Claims(server, request).GetProperty("iat").GetInt64();

    private static string JwtId(StrictAuthorizationServer server, int request) => Claims(server, request).GetProperty("jti").GetString()!;

    private static JsonElement Claims(StrictAuthorizationServer server, int request) => Jwt.Parse(TokenRequests(server)[request]["assertion"]!).Payload;

    /// <summary>Returns the first responses of the token endpoint when the server has sent all of them.</summary>
    private sealed class TogetherHandler(int requests) : DelegatingHandler
    {
        private readonly TaskCompletionSource _all = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private int _responses;

        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            var response = await base.SendAsync(request, cancellationToken);
            if (request.Method == HttpMethod.Post && Interlocked.Increment(ref _responses) >= requests)
                _all.TrySetResult();
            if (request.Method == HttpMethod.Post)
                await _all.Task.WaitAsync(cancellationToken);
            return response;
        }
    }

    private sealed class WrongClockClient(JwtGrantTokenSource tokens, FakeTimeProvider time, FakeTimeProvider serverTime) : IAsyncDisposable
    {
        public JwtGrantTokenSource Tokens => tokens;

        public FakeTimeProvider Time => time;

        public TimeSpan Ahead { get; set; } = time.GetUtcNow() - serverTime.GetUtcNow();

        public void SetTime() => time.AdjustTime(serverTime.GetUtcNow() + Ahead);

        public ValueTask DisposeAsync() => tokens.DisposeAsync();
    }
}
