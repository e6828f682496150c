using JwtGrantClient.Tests.TestSupport;

namespace JwtGrantClient.Tests.Caching;

public sealed class AcquisitionMetricTests : IDisposable
{
    private readonly CacheFixture _cache = new();
    private readonly Measurements _measurements;

    public AcquisitionMetricTests() => _measurements = new(_cache.Meter);

    [Fact]
    public async Task The_reason_tag_distinguishes_first_acquisitions_refreshes_and_those_of_expired_tokens()
    {
        await _cache.CacheTokenAsync(CacheFixture.Hour);
        _cache.Time.Advance(CacheFixture.HourRefreshAfter);
        _cache.GetWithoutWaiting();
        await _cache.CompleteRequestAsync(_cache.Issue(CacheFixture.Hour));
        _cache.Time.Advance(CacheFixture.HourExpiresAfter);
        await _cache.CacheTokenAsync(CacheFixture.Hour);

        Assert.Equal([Acquired("first"), Acquired("refresh"), Acquired("expired")], _measurements.Recorded);
    }

    [Fact]
    public async Task Each_call_that_waits_is_measured_with_the_reason_and_the_outcome()
    {
        var first = Enumerable.Range(0, 2).Select(_ => _cache.GetAsync()).ToList();
        _cache.Time.Advance(TimeSpan.FromSeconds(2));
        await _cache.CompleteRequestAsync(_cache.Issue(CacheFixture.Hour));
        await Task.WhenAll(first).WithTimeout();
        _cache.GetWithoutWaiting();
        _cache.Time.Advance(CacheFixture.HourExpiresAfter);
        using var giveUp = new CancellationTokenSource();
        var canceled = _cache.Tokens.GetTokenAsync(TokenRequest.Default, giveUp.Token).AsTask();
        var failing = _cache.GetAsync();
        var request = await _cache.Source.NextCallAsync();
        await giveUp.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => canceled.WithTimeout());
        request.Fail(Refused("invalid_client"));
        await Assert.ThrowsAsync<JwtGrantException>(() => failing.WithTimeout());

        Assert.Equal(
            ["2 client=reports reason=first outcome=acquired", "2 client=reports reason=first outcome=acquired",
             "0 client=reports reason=expired outcome=canceled", "0 client=reports reason=expired outcome=failed"],
            _measurements.Of("jwtgrantclient.wait.duration"));
    }

    [Fact]
    public async Task A_call_that_waits_for_a_refresh_because_the_token_has_expired_meanwhile_is_measured()
    {
        await _cache.CacheTokenAsync(TimeSpan.FromSeconds(40));
        _cache.Time.Advance(TimeSpan.FromSeconds(26));
        _cache.GetWithoutWaiting();
        _cache.Time.Advance(TimeSpan.FromSeconds(36 - 26));
        var waiting = _cache.GetAsync();
        await _cache.CompleteRequestAsync(_cache.Issue(CacheFixture.Hour));
        await waiting.WithTimeout();

        Assert.Equal([Acquired("first"), Acquired("refresh")], _measurements.Recorded);
        Assert.Equal(
            ["0 client=reports reason=first outcome=acquired", "0 client=reports reason=refresh outcome=acquired"],
            _measurements.Of("jwtgrantclient.wait.duration"));
    }

    [Fact]
    public async Task A_token_that_an_api_rejected_and_one_that_the_application_invalidated_are_told_apart()
    {
        var rejected = await _cache.CacheTokenAsync(CacheFixture.Hour);
        var invalidated = await _cache.ReplaceByNewTokenAsync(rejected, CacheFixture.Hour);
        _cache.Time.Advance(TimeSpan.FromSeconds(31));
        await _cache.Tokens.InvalidateAsync(TokenRequest.Default, invalidated, TestContext.Current.CancellationToken);
        await _cache.CacheTokenAsync(CacheFixture.Hour);

        Assert.Equal([Acquired("first"), Acquired("rejected"), Acquired("invalidated")], _measurements.Recorded);
    }

    [Fact]
    public async Task A_token_that_is_not_cached_is_counted_as_single_use()
    {
        var pending = _cache.Tokens.GetUncachedAsync(TokenRequest.Default, TestContext.Current.CancellationToken).AsTask();
        await _cache.CompleteRequestAsync(_cache.Issue(CacheFixture.Hour));
        await pending.WithTimeout();

        Assert.Equal([Acquired("single_use")], _measurements.Recorded);
    }

    [Fact]
    public async Task An_acquisition_is_measured_from_the_call_to_the_token()
    {
        var pending = _cache.GetAsync();
        var request = await _cache.Source.NextCallAsync();
        _cache.Time.Advance(TimeSpan.FromSeconds(3));
        request.Return(_cache.Issue(CacheFixture.Hour));
        await pending.WithTimeout();

        Assert.Equal(["3 client=reports reason=first outcome=acquired"], _measurements.Of("jwtgrantclient.acquisition.duration"));
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

    private static string Acquired(string reason) => $"jwtgrantclient.acquisitions 1 client=reports reason={reason} outcome=acquired";

    private static string Failed(string type) => $"jwtgrantclient.acquisitions 1 client=reports reason=first outcome=failed error.type={type}";

    private static JwtGrantException Refused(string error) =>
        new(JwtGrantErrorKind.Refused, "token_request_refused", $"The server answered {error}.") { Error = error };
}
