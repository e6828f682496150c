using JwtGrantClient.Tests.TestSupport;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;

namespace JwtGrantClient.Tests.TokenEndpoint;

/// <summary>Requests that wait because too many others to the same endpoint are in progress.</summary>
public sealed class EndpointQueueTests
{
    private readonly FakeTimeProvider _time = new(TestData.Moment);
    private readonly FakeTokenEndpoint _endpoint = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_request_waits_for_others_before_its_assertion_is_signed()
    {
        var responses = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var arrived = new SemaphoreSlim(0);
        (_endpoint.DelayResponseUntil, _endpoint.OnRequest) = (responses.Task, () => arrived.Release());
        var services = new ServiceCollection().AddSingleton<TimeProvider>(_time);
        services.AddTestClient("reports", _endpoint).Services.Configure<JwtGrantOptions>("reports", options => options.EndpointLimits.MaxConcurrentRequests = 2);
        await using var provider = services.BuildServiceProvider();
        var tokens = provider.GetRequiredKeyedService<ITokenSource>("reports");
        var requests = Enumerable.Range(0, 3).Select(user => tokens.GetTokenAsync(new() { Subject = $"user-{user}" }, Cancellation).AsTask()).ToList();
        await arrived.WaitAsync(Cancellation).WithTimeout();
        await arrived.WaitAsync(Cancellation).WithTimeout();
        Assert.Equal(2, _endpoint.Requests);

        _time.Advance(TimeSpan.FromSeconds(8));
        responses.SetResult();
        await Task.WhenAll(requests).WithTimeout();

        Assert.Equal(
            [0, 0, 8], _endpoint.Forms.Select(form => Jwt.Parse(form["assertion"]!).Payload.GetProperty("iat").GetInt64() - TestData.Moment.ToUnixTimeSeconds()));
    }

    [Fact]
    public async Task A_request_that_waits_for_others_until_the_total_timeout_says_so()
    {
        var response = new TaskCompletionSource();
        _endpoint.DelayResponseUntil = response.Task;
        await using var provider = BuildPatientAndUsualClient();
        var first = provider.GetRequiredKeyedService<ITokenEndpoint>("patient").RequestAsync(Grant.ClientCredentials(), Cancellation);
        var second = provider.GetRequiredKeyedService<ITokenEndpoint>("usual").RequestAsync(Grant.ClientCredentials(), Cancellation);

        _time.Advance(TimeSpan.FromSeconds(30));
        var error = await Assert.ThrowsAsync<JwtGrantException>(() => second.WithTimeout());
        response.SetResult();

        Assert.Equal("token_endpoint_busy", error.Code);
        Assert.Contains("the maximum of 1 requests", error.Message, StringComparison.Ordinal);
        Assert.Equal("token-1", (await first.WithTimeout()).AccessToken.Value);
    }

    [Fact]
    public async Task A_request_whose_turn_comes_shortly_before_its_total_timeout_is_not_sent()
    {
        var response = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _endpoint.DelayResponseUntil = response.Task;
        await using var provider = BuildPatientAndUsualClient();
        var first = provider.GetRequiredKeyedService<ITokenEndpoint>("patient").RequestAsync(Grant.ClientCredentials(), Cancellation);
        var second = provider.GetRequiredKeyedService<ITokenEndpoint>("usual").RequestAsync(Grant.ClientCredentials(), Cancellation);

        _time.Advance(TimeSpan.FromSeconds(28));
        response.SetResult();

        Assert.Equal("token_endpoint_busy", (await Assert.ThrowsAsync<JwtGrantException>(() => second.WithTimeout())).Code);
        await first.WithTimeout();
        Assert.Equal(1, _endpoint.Requests);
    }

    // Two clients of one endpoint, which allows one request at a time. The first waits five minutes for its response, the second 30 s in all.
    private ServiceProvider BuildPatientAndUsualClient()
    {
        var services = new ServiceCollection().AddSingleton<TimeProvider>(_time);
        services.ConfigureAll<JwtGrantOptions>(options => options.EndpointLimits.MaxConcurrentRequests = 1);
        services.AddTestClient("patient", _endpoint).Services.Configure<JwtGrantOptions>(
            "patient", options => options.Retry.AttemptTimeout = options.Retry.TotalTimeout = TimeSpan.FromMinutes(5));
        services.AddTestClient("usual", _endpoint);
        return services.BuildServiceProvider();
    }
}
