using JwtGrantClient.Tests.TestSupport;

namespace JwtGrantClient.Tests.Caching;

/// <summary>A shared store that is slow, down or full of garbage costs a token request and no more.</summary>
public sealed class FailingStoreTests : IDisposable
{
    private static readonly TimeSpan Hour = CacheFixture.Hour, Tick = TimeSpan.FromTicks(1), Timeout = TimeSpan.FromSeconds(0.5);

    private readonly InMemoryTokenStore _store = new();
    private readonly TaskCompletionSource _never = new();
    private readonly CacheFixture _cache;

    public FailingStoreTests() => _cache = new(store: _store);

    public static TheoryData<string> Ways => ["at once", "later", "by a cancellation of its own"];

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task Leave_the_token_to_the_server(string way)
    {
        _store.BeforeCall = way switch
        {
            "at once" => _ => throw new InvalidOperationException("The store is down."),
            "later" => async _ =>
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
    public async Task By_hanging_are_waited_for_as_long_as_is_set(bool heedsCancellation)
    {
        var asked = new TaskCompletionSource();
        _store.BeforeCall = cancellationToken =>
        {
            asked.TrySetResult();
            return heedsCancellation ? _never.Task.WaitAsync(cancellationToken) : _never.Task;
        };
        var waiting = _cache.GetAsync();
        await asked.Task.WithTimeout();

        _cache.Time.Advance(Timeout - Tick);
        Assert.Equal(0, _cache.Source.Calls);
        _cache.Time.Advance(Tick);
        var token = _cache.Issue(Hour);
        await _cache.CompleteRequestAsync(token);

        Assert.Same(token, await waiting.WithTimeout());
    }

    [Fact]
    public async Task Keep_nobody_from_the_token_that_is_to_be_left_there()
    {
        await _cache.CacheTokenAsync(Hour);
        _cache.Time.Advance(CacheFixture.HourExpiresAfter);
        var looks = 0;
        _store.BeforeCall = _ => ++looks == 1 ? Task.CompletedTask : _never.Task;

        Assert.NotNull(await _cache.CacheTokenAsync(Hour));
    }

    public void Dispose() => _cache.Dispose();
}
