using JwtGrantClient.Tests.TestSupport;

namespace JwtGrantClient.Tests.Caching;

public sealed class AcquisitionMetricTests : IDisposable
{
    private const string Blocked = "jwtgrantclient.blocked_calls 1 client=reports";

    private readonly CacheFixture _cache = new();
    private readonly Measurements _measured;

    public AcquisitionMetricTests() => _measured = new(_cache.Meter);

    [Fact]
    public async Task Tells_the_first_from_those_ahead_and_those_that_callers_waited_for()
    {
        await _cache.CacheTokenAsync(CacheFixture.Hour);
        _cache.Time.Advance(CacheFixture.HourRefreshAfter);
        _cache.GetWithoutWaiting();
        await _cache.CompleteRequestAsync(_cache.Issue(CacheFixture.Hour));
        _cache.Time.Advance(CacheFixture.HourExpiresAfter);
        await _cache.CacheTokenAsync(CacheFixture.Hour);

        Assert.Equal([Acquired("first"), Acquired("ahead"), Blocked, Acquired("blocked")], _measured.Recorded);
    }

    [Fact]
    public async Task Counts_each_call_that_waited_but_not_those_before_the_first_token()
    {
        var first = Enumerable.Range(0, 3).Select(_ => _cache.GetAsync()).ToList();
        await _cache.CompleteRequestAsync(_cache.Issue(CacheFixture.Hour));
        await Task.WhenAll(first).WithTimeout();
        Assert.Equal([Acquired("first")], _measured.Recorded);

        _cache.Time.Advance(CacheFixture.HourExpiresAfter);
        var later = Enumerable.Range(0, 3).Select(_ => _cache.GetAsync()).ToList();
        await _cache.CompleteRequestAsync(_cache.Issue(CacheFixture.Hour));
        await Task.WhenAll(later).WithTimeout();

        Assert.Equal([Acquired("first"), Blocked, Blocked, Blocked, Acquired("blocked")], _measured.Recorded);
    }

    [Fact]
    public async Task Calls_a_flight_that_began_ahead_blocked_when_somebody_came_to_wait_for_it()
    {
        await _cache.CacheTokenAsync(TimeSpan.FromSeconds(40));
        _cache.Time.Advance(TimeSpan.FromSeconds(26));
        _cache.GetWithoutWaiting();
        _cache.Time.Advance(TimeSpan.FromSeconds(36 - 26));
        var waiting = _cache.GetAsync();
        await _cache.CompleteRequestAsync(_cache.Issue(CacheFixture.Hour));
        await waiting.WithTimeout();

        Assert.Equal([Acquired("first"), Blocked, Acquired("blocked")], _measured.Recorded);
    }

    [Fact]
    public async Task Names_a_failure_by_the_server_s_error_else_by_our_code()
    {
        foreach (var error in new[] { CacheFixture.Unreachable(), Refused("invalid_client") })
        {
            var waiting = _cache.GetAsync();
            await _cache.FailRequestAsync(error);
            await Assert.ThrowsAsync<JwtGrantException>(() => waiting.WithTimeout());
            _cache.GetErrorWithoutWaiting();
            _cache.Time.Advance(TimeSpan.FromMinutes(1));
        }

        Assert.Equal([Failed("token_endpoint_unreachable"), Failed("invalid_client")], _measured.Recorded);
    }

    [Fact]
    public async Task Counts_a_token_that_was_dead_on_arrival_as_a_failure()
    {
        var waiting = _cache.GetAsync();
        await _cache.CompleteRequestAsync(_cache.Issue(TimeSpan.Zero));
        await Assert.ThrowsAsync<JwtGrantException>(() => waiting.WithTimeout());

        Assert.Equal([Failed("token_expired_on_arrival")], _measured.Recorded);
    }

    [Fact]
    public async Task Counts_no_call_that_a_held_token_answers()
    {
        await _cache.CacheTokenAsync(CacheFixture.Hour);

        for (var i = 0; i < 10; i++)
            _cache.GetWithoutWaiting();

        Assert.Equal([Acquired("first")], _measured.Recorded);
    }

    public void Dispose()
    {
        _measured.Dispose();
        _cache.Dispose();
    }

    private static string Acquired(string reason) => $"jwtgrantclient.acquisitions 1 client=reports reason={reason}";

    private static string Failed(string type) => $"jwtgrantclient.acquisitions 1 client=reports error.type={type}";

    private static JwtGrantException Refused(string error) =>
        new(JwtGrantErrorKind.Refused, "token_request_refused", $"The server answered {error}.") { Error = error };
}
