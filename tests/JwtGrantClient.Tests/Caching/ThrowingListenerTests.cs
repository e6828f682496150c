using JwtGrantClient.Tests.TestSupport;
using Microsoft.Extensions.Logging;

namespace JwtGrantClient.Tests.Caching;

/// <summary>Loggers and meter listeners are other people's code, and run in the middle of ours.</summary>
public sealed class ThrowingListenerTests
{
    [Fact]
    public async Task Do_not_lose_the_token_nor_close_the_gate()
    {
        var log = new FailingLog();
        using var cache = new CacheFixture(logger: log);
        var waiting = cache.GetAsync();
        var token = cache.Issue(CacheFixture.Hour);
        (await cache.Source.NextCallAsync()).Return(token);
        Assert.Equal("The disk is full.", (await Assert.ThrowsAsync<InvalidOperationException>(() => waiting.WithTimeout())).Message);

        Assert.Same(token, cache.GetWithoutWaiting());
        await cache.Tokens.InvalidateAsync(TokenRequest.Default, token, TestContext.Current.CancellationToken);
        Assert.False(cache.GetAsync().IsCompleted);
    }

    [Fact]
    public async Task Do_not_end_the_flight_that_began_meanwhile()
    {
        var log = new FailingLog();
        using var cache = new CacheFixture(logger: log);
        log.Before = () =>
        {
            log.Before = () => { };
            // The first flight has landed; a second one takes off before the first has told its tale.
            cache.Time.Advance(CacheFixture.HourRefreshAfter);
            cache.GetWithoutWaiting();
        };
        var waiting = cache.GetAsync();
        (await cache.Source.NextCallAsync()).Return(cache.Issue(CacheFixture.Hour));
        await Assert.ThrowsAsync<InvalidOperationException>(() => waiting.WithTimeout());

        Assert.True(cache.IsRefreshing);
    }

    private sealed class FailingLog : ILogger
    {
        public Action Before { get; set; } = () => { };

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            Before();
            throw new InvalidOperationException("The disk is full.");
        }
    }
}
