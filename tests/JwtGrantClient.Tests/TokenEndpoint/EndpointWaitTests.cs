using JwtGrantClient.Tests.TestSupport;
using JwtGrantClient.TokenEndpoint;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace JwtGrantClient.Tests.TokenEndpoint;

/// <summary>How long the limits of an endpoint hold requests back.</summary>
public sealed class EndpointWaitTests
{
    private readonly FakeTimeProvider _time = new(TestData.Moment);

    [Fact]
    public void A_shorter_Retry_After_of_429_does_not_end_a_longer_one()
    {
        var limits = new EndpointLimits("https://as.example.com", new(), _time, () => 0, NullLogger.Instance);
        foreach (var seconds in (int[])[60, 5])
            limits.OnFailed(Failure(429, TimeSpan.FromSeconds(seconds)), "client");

        _time.Advance(TimeSpan.FromSeconds(10));

        Assert.Equal(TimeSpan.FromSeconds(50), limits.Check("client", new RequestAttempts())?.RetryAfter);
        Assert.Null(limits.Check("another", new RequestAttempts()));
    }

    [Fact]
    public async Task While_one_request_tries_the_endpoint_after_the_break_no_other_is_sent()
    {
        var limits = new EndpointLimits("https://as.example.com", new(), _time, () => 0, NullLogger.Instance);
        for (var i = 0; i < 10; i++)
            await limits.RecordAsync(Failure(502), new RequestAttempts());
        Assert.Equal("token_endpoint_circuit_open", limits.Check("client", new RequestAttempts())?.Code);
        _time.Advance(TimeSpan.FromSeconds(5));

        Assert.Null(limits.Check("client", new RequestAttempts()));
        Assert.Equal("token_endpoint_circuit_open", limits.Check("client", new RequestAttempts())?.Code);
    }

    private static JwtGrantException Failure(int status, TimeSpan? retryAfter = null) =>
        new(JwtGrantErrorKind.Transport, "token_endpoint_failed", "The server failed.") { StatusCode = status, RetryAfter = retryAfter };
}
