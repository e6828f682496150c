using JwtGrantClient.Tests.TestSupport;

namespace JwtGrantClient.Tests.Caching;

/// <summary>Calls that are canceled while the server hangs do not keep the cache above its bound.</summary>
public sealed class CanceledCallTests : IDisposable
{
    private const int Bound = 1000, Calls = 20_000;

    private readonly CancellationTokenSource _cancellation = new();
    private readonly CacheFixture _cache = new(cache: new() { MaxEntries = Bound });

    [Fact]
    public async Task Entries_whose_callers_have_canceled_are_evicted_within_5_seconds()
    {
        var calls = Enumerable.Range(0, Calls).Select(GetAsync).ToList();
        Assert.Equal(Calls, CacheInspector.CountEntries(_cache.Tokens));

        await CancelAsync(calls);
        _cache.Time.Advance(TimeSpan.FromSeconds(5));

        Assert.InRange(CacheInspector.CountEntries(_cache.Tokens), 1, 2 * Bound);
    }

    [Fact]
    public async Task Calls_that_are_canceled_one_after_another_do_not_fill_the_cache()
    {
        for (var i = 0; i < 5 * Bound; i++)
        {
            using var cancellation = new CancellationTokenSource();
            var call = _cache.Tokens.GetTokenAsync(CreateRequest(i), cancellation.Token).AsTask();
            await cancellation.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call.WithTimeout());
        }

        Assert.InRange(CacheInspector.CountEntries(_cache.Tokens), 1, (2 * Bound) + (Bound / 16) + 1);
    }

    [Fact]
    public async Task An_entry_that_a_caller_waits_for_is_not_evicted()
    {
        var patient = _cache.GetAsync(CreateRequest(-1));
        var request = await _cache.Source.NextCallAsync();
        var calls = Enumerable.Range(0, 3 * Bound).Select(GetAsync).ToList();
        await CancelAsync(calls);
        _cache.Time.Advance(TimeSpan.FromSeconds(5));

        var second = _cache.GetAsync(CreateRequest(-1));
        var token = _cache.Issue(CacheFixture.Hour);
        request.Return(token);

        Assert.Same(token, await patient.WithTimeout());
        Assert.Same(token, await second.WithTimeout());
    }

    [Fact]
    public async Task A_caller_that_waits_after_another_has_canceled_keeps_the_entry()
    {
        var canceled = GetAsync(-1);
        var request = await _cache.Source.NextCallAsync();
        var patient = _cache.GetAsync(CreateRequest(-1));
        var calls = Enumerable.Range(0, 3 * Bound).Select(GetAsync).ToList();
        await CancelAsync([canceled, .. calls]);
        _cache.Time.Advance(TimeSpan.FromSeconds(5));

        var token = _cache.Issue(CacheFixture.Hour);
        request.Return(token);

        Assert.Same(token, await patient.WithTimeout());
        Assert.Same(token, _cache.GetWithoutWaiting(CreateRequest(-1)));
    }

    public void Dispose()
    {
        _cache.Dispose();
        _cancellation.Dispose();
    }

    private static TokenRequest CreateRequest(int number) => new() { Subject = $"subject-{number}" };

    private Task<AccessToken> GetAsync(int number) => _cache.Tokens.GetTokenAsync(CreateRequest(number), _cancellation.Token).AsTask();

    private async Task CancelAsync(IReadOnlyList<Task<AccessToken>> calls)
    {
        await _cancellation.CancelAsync();
        foreach (var call in calls)
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call.WithTimeout());
    }
}
