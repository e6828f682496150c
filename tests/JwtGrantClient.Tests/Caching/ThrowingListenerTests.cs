using JwtGrantClient.Tests.TestSupport;
using Microsoft.Extensions.Logging;

namespace JwtGrantClient.Tests.Caching;

/// <summary>Loggers and meter listeners are code of the application that runs in the middle of a refresh.</summary>
public sealed class ThrowingListenerTests
{
    [Fact]
    public async Task A_logger_that_throws_does_not_lose_the_token_or_start_a_backoff()
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
    public async Task A_logger_that_throws_does_not_end_a_refresh_that_started_meanwhile()
    {
        var log = new FailingLog();
        using var cache = new CacheFixture(logger: log);
        log.BeforeLog = () =>
        {
            log.BeforeLog = () => { };
            // The first refresh has succeeded. A second one starts before the first has written its log line.
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
        public Action BeforeLog { get; set; } = () => { };

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            BeforeLog();
            throw new InvalidOperationException("The disk is full.");
        }
    }
}
