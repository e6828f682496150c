using JwtGrantClient.Tests.TestSupport;

namespace JwtGrantClient.Tests.Caching;

public sealed class AcquisitionMetricTests : IDisposable
{
    private const string Blocked = "jwtgrantclient.blocked_calls 1 client=reports";

    private readonly CacheFixture _cache = new();
    private readonly Measurements _measurements;

    public AcquisitionMetricTests() => _measurements = new(_cache.Meter);

    [Fact]
    public async Task The_reason_tag_distinguishes_first_background_and_blocked_acquisitions()
    {
        await _cache.CacheTokenAsync(CacheFixture.Hour);
        _cache.Time.Advance(CacheFixture.HourRefreshAfter);
        _cache.GetWithoutWaiting();
        await _cache.CompleteRequestAsync(_cache.Issue(CacheFixture.Hour));
        _cache.Time.Advance(CacheFixture.HourExpiresAfter);
        await _cache.CacheTokenAsync(CacheFixture.Hour);

        Assert.Equal([Acquired("first"), Acquired("ahead"), Blocked, Acquired("blocked")], _measurements.Recorded);
    }

    [Fact]
    public async Task Calls_that_wait_are_counted_except_before_the_first_token()
    {
        var first = Enumerable.Range(0, 3).Select(_ => _cache.GetAsync()).ToList();
        await _cache.CompleteRequestAsync(_cache.Issue(CacheFixture.Hour));
        await Task.WhenAll(first).WithTimeout();
        Assert.Equal([Acquired("first")], _measurements.Recorded);

        _cache.Time.Advance(CacheFixture.HourExpiresAfter);
        var later = Enumerable.Range(0, 3).Select(_ => _cache.GetAsync()).ToList();
        await _cache.CompleteRequestAsync(_cache.Issue(CacheFixture.Hour));
        await Task.WhenAll(later).WithTimeout();

        Assert.Equal([Acquired("first"), Blocked, Blocked, Blocked, Acquired("blocked")], _measurements.Recorded);
    }

    [Fact]
    public async Task A_background_refresh_is_counted_as_blocked_if_a_caller_waits_for_it()
    {
        await _cache.CacheTokenAsync(TimeSpan.FromSeconds(40));
        _cache.Time.Advance(TimeSpan.FromSeconds(26));
        _cache.GetWithoutWaiting();
        _cache.Time.Advance(TimeSpan.FromSeconds(36 - 26));
        var waiting = _cache.GetAsync();
        await _cache.CompleteRequestAsync(_cache.Issue(CacheFixture.Hour));
        await waiting.WithTimeout();

        Assert.Equal([Acquired("first"), Blocked, Acquired("blocked")], _measurements.Recorded);
    }

    [Fact]
    public async Task A_failure_is_tagged_with_the_servers_error_or_else_with_the_error_code()
    {
        foreach (var error in new[] { CacheFixture.Unreachable(), Refused("invalid_client") })
        {
            var waiting = _cache.GetAsync();
            await _cache.FailRequestAsync(error);
            await Assert.ThrowsAsync<JwtGrantException>(() => waiting.WithTimeout());
            _cache.GetErrorWithoutWaiting();
            _cache.Time.Advance(TimeSpan.FromMinutes(1));
        }

        Assert.Equal([Failed("token_endpoint_unreachable"), Failed("invalid_client")], _measurements.Recorded);
    }

    [Fact]
    public async Task A_token_that_is_expired_on_arrival_is_counted_as_a_failure()
    {
        var waiting = _cache.GetAsync();
        await _cache.CompleteRequestAsync(_cache.Issue(TimeSpan.Zero));
        await Assert.ThrowsAsync<JwtGrantException>(() => waiting.WithTimeout());

        Assert.Equal([Failed("token_expired_on_arrival")], _measurements.Recorded);
    }

    [Fact]
    public async Task A_call_that_gets_a_cached_token_is_not_counted()
    {
        await _cache.CacheTokenAsync(CacheFixture.Hour);

        for (var i = 0; i < 10; i++)
            _cache.GetWithoutWaiting();

        Assert.Equal([Acquired("first")], _measurements.Recorded);
    }

    public void Dispose()
    {
        _measurements.Dispose();
        _cache.Dispose();
    }

    private static string Acquired(string reason) => $"jwtgrantclient.acquisitions 1 client=reports reason={reason}";

    private static string Failed(string type) => $"jwtgrantclient.acquisitions 1 client=reports error.type={type}";

    private static JwtGrantException Refused(string error) =>
        new(JwtGrantErrorKind.Refused, "token_request_refused", $"The server answered {error}.") { Error = error };
}
