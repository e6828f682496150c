using System.Net;
using JwtGrantClient.Tests.TestSupport;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;

namespace JwtGrantClient.Tests.Hosting;

/// <summary>The token lifetime is an hour. A token is stale after 48 minutes at the latest and expires after 59:50.</summary>
public sealed class HealthCheckTests : IDisposable
{
    private const int RefreshFailedEventId = 4;
    private readonly FakeTokenEndpoint _endpoint = new();
    private readonly FakeTimeProvider _time = new(TestData.Moment);
    private readonly LogLines _log = new();
    private readonly ServiceProvider _services;

    public HealthCheckTests() => _services = BuildServices(client => client.AddHealthCheck());

    [Fact]
    public async Task A_client_without_calls_is_healthy_and_the_check_sends_no_request()
    {
        await AssertAsync(HealthStatus.Healthy, "none");

        Assert.Equal(0, _endpoint.Requests);
    }

    [Fact]
    public async Task A_token_without_further_calls_is_healthy_at_any_age()
    {
        await GetAsync();
        await AssertAsync(HealthStatus.Healthy, "valid");

        _time.Advance(TimeSpan.FromMinutes(50));
        await AssertAsync(HealthStatus.Healthy, "stale");

        _time.Advance(TimeSpan.FromMinutes(10));
        var entry = await AssertAsync(HealthStatus.Healthy, "expired");

        Assert.Equal(["state"], entry.Data.Keys);
        Assert.Equal(1, _endpoint.Requests);
    }

    [Fact]
    public async Task A_valid_token_that_cannot_be_refreshed_is_degraded()
    {
        await FailToRefreshAsync();

        _time.Advance(TimeSpan.FromSeconds(1));
        var entry = await AssertAsync(HealthStatus.Degraded, "stale");

        Assert.Equal(TestData.Moment + TimeSpan.FromMinutes(50), entry.Data["failingSince"]);
        Assert.Equal("token_endpoint_failed", entry.Data["lastErrorCode"]);
        Assert.False(entry.Data.ContainsKey("lastError"));
        // The first backoff while a token is valid is 2.5 to 5 s, of which 1 s has passed.
        Assert.InRange((DateTimeOffset)entry.Data["nextAttempt"] - _time.GetUtcNow(), TimeSpan.FromSeconds(1.5), TimeSpan.FromSeconds(4));
        Assert.Equal(2, _endpoint.Requests);
    }

    [Fact]
    public async Task An_expired_token_that_cannot_be_refreshed_is_unhealthy_and_failing_since_the_first_failure()
    {
        await FailToRefreshAsync();
        _time.Advance(TimeSpan.FromMinutes(10));
        await Assert.ThrowsAsync<JwtGrantException>(GetAsync);

        var entry = await AssertAsync(HealthStatus.Unhealthy, "expired");

        Assert.Equal(TestData.Moment + TimeSpan.FromMinutes(50), entry.Data["failingSince"]);
    }

    [Fact]
    public async Task A_rejected_first_request_is_unhealthy_with_the_servers_error()
    {
        _endpoint.ResponseOverride = _ => FakeTokenEndpoint.ErrorResponse("invalid_grant");
        await Assert.ThrowsAsync<JwtGrantException>(GetAsync);

        var entry = await AssertAsync(HealthStatus.Unhealthy, "none");

        Assert.Equal("token_request_refused", entry.Data["lastErrorCode"]);
        Assert.Equal("invalid_grant", entry.Data["lastError"]);
    }

    [Fact]
    public async Task Unhealthy_becomes_degraded_when_the_next_attempt_is_allowed()
    {
        _endpoint.ResponseOverride = _ => Unavailable();
        await Assert.ThrowsAsync<JwtGrantException>(GetAsync);
        var nextAttempt = (DateTimeOffset)(await AssertAsync(HealthStatus.Unhealthy, "none")).Data["nextAttempt"];

        _time.SetUtcNow(nextAttempt - TimeSpan.FromTicks(1));
        await AssertAsync(HealthStatus.Unhealthy, "none");
        _time.SetUtcNow(nextAttempt);
        await AssertAsync(HealthStatus.Degraded, "none");

        var response = new TaskCompletionSource();
        _endpoint.DelayResponseUntil = response.Task;
        var pending = GetAsync();
        await AssertAsync(HealthStatus.Unhealthy, "none");
        response.SetResult();
        await Assert.ThrowsAsync<JwtGrantException>(() => pending);
    }

    [Fact]
    public async Task A_successful_token_request_makes_the_client_healthy_again()
    {
        await FailToRefreshAsync();
        _endpoint.ResponseOverride = _ => null;
        _time.Advance(TimeSpan.FromMinutes(10));

        await GetAsync();

        Assert.Equal(["state"], (await AssertAsync(HealthStatus.Healthy, "valid")).Data.Keys);
    }

    [Fact]
    public async Task Invalid_options_are_unhealthy_with_their_error_code()
    {
        await using var services = BuildServices(client =>
            client.AddHealthCheck().Services.Configure<JwtGrantOptions>("reports", options => options.ClientId = null));

        var entry = (await CheckAsync(services)).Entries["jwtgrant-reports"];

        Assert.Equal(HealthStatus.Unhealthy, entry.Status);
        Assert.Equal("settings_invalid", entry.Data["lastErrorCode"]);
    }

    [Fact]
    public async Task The_application_sets_the_name_the_failure_status_and_the_tags_of_a_check()
    {
        _endpoint.ResponseOverride = _ => Unavailable();
        await using var services = BuildServices(client => client.AddHealthCheck("tokens", HealthStatus.Degraded, ["ready"]));
        await Assert.ThrowsAsync<JwtGrantException>(() => GetAsync(services));

        var entry = (await CheckAsync(services)).Entries["tokens"];

        Assert.Equal(HealthStatus.Degraded, entry.Status);
        Assert.StartsWith("There is no valid token", entry.Description, StringComparison.Ordinal);
        Assert.Equal(["ready"], entry.Tags);
    }

    [Fact]
    public async Task The_check_of_the_unnamed_client_has_no_client_name()
    {
        await using var services = new ServiceCollection().AddLogging()
            .AddJwtGrantClient(TestClient.Configure).AddHealthCheck().Services.BuildServiceProvider();

        Assert.Equal(["jwtgrant"], (await CheckAsync(services)).Entries.Keys);
    }

    [Fact]
    public async Task The_check_does_not_reveal_the_token()
    {
        await FailToRefreshAsync();

        var entry = await AssertAsync(HealthStatus.Degraded, "stale");

        Assert.DoesNotContain("token-1", string.Join(' ', entry.Data.Values) + entry.Description, StringComparison.Ordinal);
        Assert.Null(entry.Exception);
    }

    public void Dispose()
    {
        _services.Dispose();
        _log.Dispose();
    }

    private static HttpResponseMessage Unavailable() => new(HttpStatusCode.ServiceUnavailable);

    private static Task<HealthReport> CheckAsync(IServiceProvider services) =>
        services.GetRequiredService<HealthCheckService>().CheckHealthAsync(TestContext.Current.CancellationToken);

    private ServiceProvider BuildServices(Action<IJwtGrantClientBuilder> add)
    {
        var services = new ServiceCollection().AddLogging(logging => logging.AddProvider(_log)).AddSingleton<TimeProvider>(_time);
        // A retry would wait for the fake clock.
        services.Configure<JwtGrantOptions>("reports", options => options.Retry.MaxRetryAttempts = 0);
        add(services.AddTestClient("reports", _endpoint));
        return services.BuildServiceProvider();
    }

    private Task<AccessToken> GetAsync() => GetAsync(_services);

    private static Task<AccessToken> GetAsync(IServiceProvider services) =>
        services.GetRequiredKeyedService<ITokenSource>("reports").GetTokenAsync(TestContext.Current.CancellationToken).AsTask().WithTimeout();

    // The token is 50 minutes old, and an attempt to refresh it fails.
    private async Task FailToRefreshAsync()
    {
        await GetAsync();
        _endpoint.ResponseOverride = _ => Unavailable();
        _time.Advance(TimeSpan.FromMinutes(50));
        await GetAsync();
        await _log.WaitForEventAsync(RefreshFailedEventId).WithTimeout();
    }

    private async Task<HealthReportEntry> AssertAsync(HealthStatus status, string state)
    {
        var entry = (await CheckAsync(_services)).Entries["jwtgrant-reports"];
        Assert.Equal((status, state), (entry.Status, entry.Data["state"]));
        return entry;
    }
}
