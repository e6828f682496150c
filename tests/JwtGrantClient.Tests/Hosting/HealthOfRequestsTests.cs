using System.Net;
using JwtGrantClient.Tests.TestSupport;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Time.Testing;

namespace JwtGrantClient.Tests.Hosting;

/// <summary>The health of a client that gets a token for each user, and of token requests that the health check has.</summary>
public sealed class HealthOfRequestsTests : IDisposable
{
    private static readonly TokenRequest Alice = new() { Subject = "alice" }, Bob = new() { Subject = "bob" }, Write = new() { Scope = "reports.write" };

    private readonly FakeTokenEndpoint _endpoint = new();
    private readonly FakeTimeProvider _time = new(TestData.Moment);
    private readonly ServiceProvider _services;

    public HealthOfRequestsTests()
    {
        var services = new ServiceCollection().AddLogging().AddSingleton<TimeProvider>(_time);
        // A retry would wait for the fake clock.
        services.Configure<JwtGrantOptions>("reports", options => options.Retry.MaxRetryAttempts = 0);
        services.AddTestClient("reports", _endpoint).AddHealthCheck().AddHealthCheck("writing", requests: [Write, TokenRequest.Default]);
        _services = services.BuildServiceProvider();
    }

    [Fact]
    public async Task An_outage_makes_a_client_with_tokens_for_users_only_unhealthy_until_any_user_gets_a_token()
    {
        await GetAsync(Alice);
        Assert.Equal(HealthStatus.Healthy, (await CheckAsync()).Status);

        _endpoint.ResponseOverride = _ => new(HttpStatusCode.ServiceUnavailable);
        await FailAsync(Bob);
        var failing = await CheckAsync();
        Assert.Equal((HealthStatus.Unhealthy, "token_endpoint_failed", 1), (failing.Status, failing.Data["lastErrorCode"], failing.Data["failures"]));

        _time.Advance(TimeSpan.FromSeconds(17));
        Assert.Equal(HealthStatus.Degraded, (await CheckAsync()).Status);

        _endpoint.ResponseOverride = _ => null;
        await GetAsync(new() { Subject = "carol" });
        Assert.Equal(HealthStatus.Healthy, (await CheckAsync()).Status);
    }

    [Fact]
    public async Task A_client_that_the_server_rejects_is_unhealthy_whichever_user_it_was()
    {
        _endpoint.ResponseOverride = _ => FakeTokenEndpoint.ErrorResponse("invalid_client");
        await FailAsync(Alice);

        var entry = await CheckAsync();

        Assert.Equal((HealthStatus.Unhealthy, "invalid_client"), (entry.Status, entry.Data["lastError"]));
    }

    [Fact]
    public async Task A_user_whom_the_server_refuses_does_not_change_the_health()
    {
        _endpoint.ResponseOverride = _ => FakeTokenEndpoint.ErrorResponse("invalid_grant");
        await FailAsync(Alice);

        Assert.Equal(HealthStatus.Healthy, (await CheckAsync()).Status);
        Assert.Equal(HealthStatus.Healthy, (await CheckAsync("writing")).Status);
    }

    [Fact]
    public async Task A_refused_request_counts_for_a_health_check_that_has_it_until_it_succeeds()
    {
        _endpoint.ResponseOverride = _ => FakeTokenEndpoint.ErrorResponse("invalid_scope");
        await FailAsync(Write);
        _endpoint.ResponseOverride = _ => null;
        await GetAsync(TokenRequest.Default);

        Assert.Equal(HealthStatus.Healthy, (await CheckAsync()).Status);
        var entry = await CheckAsync("writing");
        Assert.Equal((HealthStatus.Unhealthy, "invalid_scope", "none"), (entry.Status, entry.Data["lastError"], entry.Data["state"]));

        _time.Advance(TimeSpan.FromSeconds(17));
        await GetAsync(Write);
        entry = await CheckAsync("writing");
        Assert.Equal((HealthStatus.Healthy, "valid"), (entry.Status, entry.Data["state"]));
    }

    [Fact]
    public async Task The_state_of_several_tokens_is_that_of_the_worst()
    {
        await GetAsync(Write);
        Assert.Equal("none", (await CheckAsync("writing")).Data["state"]);

        await GetAsync(TokenRequest.Default);
        Assert.Equal("valid", (await CheckAsync("writing")).Data["state"]);
    }

    [Fact]
    public void Requests_that_are_empty_or_null_are_refused()
    {
        var client = new ServiceCollection().AddJwtGrantClient("reports", TestClient.Configure);

        Assert.Throws<ArgumentException>("requests", () => client.AddHealthCheck(requests: []));
        Assert.Throws<ArgumentException>("requests", () => client.AddWarmUp(requests: [null!]));
    }

    public void Dispose() => _services.Dispose();

    private async Task<HealthReportEntry> CheckAsync(string name = "jwtgrant-reports") =>
        (await _services.GetRequiredService<HealthCheckService>().CheckHealthAsync(TestContext.Current.CancellationToken)).Entries[name];

    private Task<AccessToken> GetAsync(TokenRequest request) =>
        _services.GetRequiredKeyedService<ITokenSource>("reports").GetTokenAsync(request, TestContext.Current.CancellationToken).AsTask().WithTimeout();

    private Task<JwtGrantException> FailAsync(TokenRequest request) => Assert.ThrowsAsync<JwtGrantException>(() => GetAsync(request));
}
