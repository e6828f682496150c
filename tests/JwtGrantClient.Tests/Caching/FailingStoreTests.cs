using JwtGrantClient.Tests.TestSupport;

namespace JwtGrantClient.Tests.Caching;

/// <summary>A shared store that is slow, unavailable or full of invalid data causes an additional token request and nothing else.</summary>
public sealed class FailingStoreTests : IDisposable
{
    private static readonly TimeSpan Hour = CacheFixture.Hour, OneTick = TimeSpan.FromTicks(1), Timeout = TimeSpan.FromSeconds(0.5);

    private readonly InMemoryTokenStore _store = new();
    private readonly TaskCompletionSource _never = new();
    private readonly CacheFixture _cache;

    public FailingStoreTests() => _cache = new(store: _store);

    public static TheoryData<string> Failures => ["synchronous exception", "asynchronous exception", "its own cancellation"];

    [Theory]
    [MemberData(nameof(Failures))]
    public async Task A_failing_shared_store_does_not_prevent_a_token_request(string failure)
    {
        _store.BeforeCall = failure switch
        {
            "synchronous exception" => _ => throw new InvalidOperationException("The store is down."),
            "asynchronous exception" => async _ =>
            {
                await Task.Yield();
                throw new IOException("The connection was closed.");
            },
            _ => _ => Task.FromCanceled(new CancellationToken(canceled: true)),
        };

        Assert.NotNull(await _cache.CacheTokenAsync(Hour));
        Assert.Equal(1, _cache.Source.Calls);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_hanging_shared_store_is_waited_for_until_the_store_timeout(bool observesCancellation)
    {
        var called = new TaskCompletionSource();
        _store.BeforeCall = cancellationToken =>
        {
            called.TrySetResult();
            return observesCancellation ? _never.Task.WaitAsync(cancellationToken) : _never.Task;
        };
        var waiting = _cache.GetAsync();
        await called.Task.WithTimeout();

        _cache.Time.Advance(Timeout - OneTick);
        Assert.Equal(0, _cache.Source.Calls);
        _cache.Time.Advance(OneTick);
        var token = _cache.Issue(Hour);
        await _cache.CompleteRequestAsync(token);

        Assert.Same(token, await waiting.WithTimeout());
    }

    [Fact]
    public async Task A_shared_store_that_hangs_on_a_write_does_not_delay_the_token()
    {
        await _cache.CacheTokenAsync(Hour);
        _cache.Time.Advance(CacheFixture.HourExpiresAfter);
        var calls = 0;
        _store.BeforeCall = _ => ++calls == 1 ? Task.CompletedTask : _never.Task;

        Assert.NotNull(await _cache.CacheTokenAsync(Hour));
    }

    public void Dispose() => _cache.Dispose();
}
