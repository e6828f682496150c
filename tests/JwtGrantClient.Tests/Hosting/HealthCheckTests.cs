using System.Net;
using JwtGrantClient.Tests.TestSupport;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;

namespace JwtGrantClient.Tests.Hosting;

/// <summary>Tokens live for an hour: stale after 48 minutes at the latest, and at their end after 59:50.</summary>
public sealed class HealthCheckTests : IDisposable
{
    private const int RenewalFailed = 4;
    private readonly FakeTokenEndpoint _endpoint = new();
    private readonly FakeTimeProvider _time = new(TestData.Moment);
    private readonly LogLines _log = new();
    private readonly ServiceProvider _services;

    public HealthCheckTests() => _services = Services(client => client.AddHealthCheck());

    [Fact]
    public async Task A_client_that_nobody_has_asked_is_healthy_and_the_check_asks_nothing_either()
    {
        await AssertAsync(HealthStatus.Healthy, "none");

        Assert.Equal(0, _endpoint.Requests);
    }

    [Fact]
    public async Task A_token_that_nobody_has_asked_for_since_is_healthy_whatever_its_age()
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
    public async Task A_valid_token_that_cannot_be_renewed_is_degraded()
    {
        await FailToRenewAsync();

        _time.Advance(TimeSpan.FromSeconds(1));
        var entry = await AssertAsync(HealthStatus.Degraded, "stale");

        Assert.Equal(TestData.Moment + TimeSpan.FromMinutes(50), entry.Data["failingSince"]);
        Assert.Equal("token_endpoint_failed", entry.Data["lastErrorCode"]);
        Assert.False(entry.Data.ContainsKey("lastError"));
        // The first gate while a token is valid: 2.5 to 5 s, of which one has passed.
        Assert.InRange((DateTimeOffset)entry.Data["nextAttempt"] - _time.GetUtcNow(), TimeSpan.FromSeconds(1.5), TimeSpan.FromSeconds(4));
        Assert.Equal(2, _endpoint.Requests);
    }

    [Fact]
    public async Task An_expired_token_that_cannot_be_renewed_is_unhealthy_and_failing_since_the_first_failure()
    {
        await FailToRenewAsync();
        _time.Advance(TimeSpan.FromMinutes(10));
        await Assert.ThrowsAsync<JwtGrantException>(GetAsync);

        var entry = await AssertAsync(HealthStatus.Unhealthy, "expired");

        Assert.Equal(TestData.Moment + TimeSpan.FromMinutes(50), entry.Data["failingSince"]);
    }

    [Fact]
    public async Task A_refused_first_token_is_unhealthy_with_the_servers_error()
    {
        _endpoint.ResponseOverride = _ => FakeTokenEndpoint.ErrorResponse("invalid_grant");
        await Assert.ThrowsAsync<JwtGrantException>(GetAsync);

        var entry = await AssertAsync(HealthStatus.Unhealthy, "none");

        Assert.Equal("token_request_refused", entry.Data["lastErrorCode"]);
        Assert.Equal("invalid_grant", entry.Data["lastError"]);
    }

    [Fact]
    public async Task Unhealthy_ends_when_the_next_request_may_try_so_that_a_pod_without_requests_gets_one()
    {
        _endpoint.ResponseOverride = _ => Unavailable();
        await Assert.ThrowsAsync<JwtGrantException>(GetAsync);
        var next = (DateTimeOffset)(await AssertAsync(HealthStatus.Unhealthy, "none")).Data["nextAttempt"];

        _time.SetUtcNow(next - TimeSpan.FromTicks(1));
        await AssertAsync(HealthStatus.Unhealthy, "none");
        _time.SetUtcNow(next);
        await AssertAsync(HealthStatus.Degraded, "none");

        var opened = new TaskCompletionSource();
        _endpoint.DelayResponseUntil = opened.Task;
        var pending = GetAsync();
        await AssertAsync(HealthStatus.Unhealthy, "none");
        opened.SetResult();
        await Assert.ThrowsAsync<JwtGrantException>(() => pending);
    }

    [Fact]
    public async Task A_success_makes_it_healthy_again()
    {
        await FailToRenewAsync();
        _endpoint.ResponseOverride = _ => null;
        _time.Advance(TimeSpan.FromMinutes(10));

        await GetAsync();

        Assert.Equal(["state"], (await AssertAsync(HealthStatus.Healthy, "valid")).Data.Keys);
    }

    [Fact]
    public async Task Settings_that_cannot_work_are_unhealthy_by_their_code()
    {
        await using var services = Services(client =>
            client.AddHealthCheck().Services.Configure<JwtGrantOptions>("reports", options => options.ClientId = null));

        var entry = (await CheckAsync(services)).Entries["jwtgrant-reports"];

        Assert.Equal(HealthStatus.Unhealthy, entry.Status);
        Assert.Equal("settings_invalid", entry.Data["lastErrorCode"]);
    }

    [Fact]
    public async Task Name_status_and_tags_are_the_applications()
    {
        _endpoint.ResponseOverride = _ => Unavailable();
        await using var services = Services(client => client.AddHealthCheck("tokens", HealthStatus.Degraded, ["ready"]));
        await Assert.ThrowsAsync<JwtGrantException>(() => GetAsync(services));

        var entry = (await CheckAsync(services)).Entries["tokens"];

        Assert.Equal(HealthStatus.Degraded, entry.Status);
        Assert.StartsWith("There is no valid token", entry.Description, StringComparison.Ordinal);
        Assert.Equal(["ready"], entry.Tags);
    }

    [Fact]
    public async Task The_client_without_a_name_has_a_check_without_one()
    {
        await using var services = new ServiceCollection().AddLogging()
            .AddJwtGrantClient(TestClient.Configure).AddHealthCheck().Services.BuildServiceProvider();

        Assert.Equal(["jwtgrant"], (await CheckAsync(services)).Entries.Keys);
    }

    [Fact]
    public async Task Nothing_of_a_token_is_told()
    {
        await FailToRenewAsync();

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

    private ServiceProvider Services(Action<IJwtGrantClientBuilder> add)
    {
        var services = new ServiceCollection().AddLogging(logging => logging.AddProvider(_log)).AddSingleton<TimeProvider>(_time);
        // A retry would wait for the clock, which stands.
        services.Configure<JwtGrantOptions>("reports", options => options.Retry.MaxRetryAttempts = 0);
        add(services.AddTestClient("reports", _endpoint));
        return services.BuildServiceProvider();
    }

    private Task<AccessToken> GetAsync() => GetAsync(_services);

    private static Task<AccessToken> GetAsync(IServiceProvider services) =>
        services.GetRequiredKeyedService<ITokenSource>("reports").GetTokenAsync(TestContext.Current.CancellationToken).AsTask().WithTimeout();

    // A token of 50 minutes, and a failed attempt to renew it.
    private async Task FailToRenewAsync()
    {
        await GetAsync();
        _endpoint.ResponseOverride = _ => Unavailable();
        _time.Advance(TimeSpan.FromMinutes(50));
        await GetAsync();
        await _log.WaitForEventAsync(RenewalFailed).WithTimeout();
    }

    private async Task<HealthReportEntry> AssertAsync(HealthStatus status, string state)
    {
        var entry = (await CheckAsync(_services)).Entries["jwtgrant-reports"];
        Assert.Equal((status, state), (entry.Status, entry.Data["state"]));
        return entry;
    }
}
