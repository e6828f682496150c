using System.Diagnostics.Metrics;
using System.Net;
using JwtGrantClient.Tests.TestSupport;
using Microsoft.Extensions.Logging;

namespace JwtGrantClient.Tests.Caching;

/// <summary>Loggers and meter listeners are code of the application that runs in the middle of a refresh. Their exceptions are ignored.</summary>
public sealed class ThrowingListenerTests
{
    [Fact]
    public async Task A_logger_that_throws_does_not_fail_an_acquisition()
    {
        using var cache = new CacheFixture(logger: new FailingLog());
        var waiting = cache.GetAsync();
        var token = cache.Issue(CacheFixture.Hour);
        (await cache.Source.NextCallAsync()).Return(token);

        Assert.Same(token, await waiting.WithTimeout());
        Assert.Same(token, cache.GetWithoutWaiting());
    }

    [Fact]
    public async Task A_logger_that_throws_does_not_replace_the_error_of_an_acquisition()
    {
        using var cache = new CacheFixture(logger: new FailingLog());
        var waiting = cache.GetAsync();
        (await cache.Source.NextCallAsync()).Fail(CacheFixture.Unreachable());

        Assert.Equal("token_endpoint_unreachable", (await Assert.ThrowsAsync<JwtGrantException>(() => waiting.WithTimeout())).Code);
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
        await waiting.WithTimeout();

        Assert.True(cache.IsRefreshing);
    }

    [Fact]
    public async Task A_metrics_listener_that_throws_does_not_fail_a_call()
    {
        using var cache = new CacheFixture();
        var measurements = 0;
        using var listener = new MeterListener
        {
            InstrumentPublished = (instrument, listener) =>
            {
                if (ReferenceEquals(instrument.Meter, cache.Meter))
                    listener.EnableMeasurementEvents(instrument);
            },
        };
        listener.SetMeasurementEventCallback<long>((_, _, _, _) => Throw());
        listener.SetMeasurementEventCallback<double>((_, _, _, _) => Throw());
        listener.Start();

        await cache.CacheTokenAsync(CacheFixture.Hour);
        cache.Time.Advance(CacheFixture.Hour);
        var blocked = cache.GetAsync();
        (await cache.Source.NextCallAsync()).Fail(CacheFixture.Unreachable());

        Assert.Equal("token_endpoint_unreachable", (await Assert.ThrowsAsync<JwtGrantException>(() => blocked.WithTimeout())).Code);
        // Of each acquisition its count, its duration and the wait of its caller.
        Assert.Equal(6, measurements);

        void Throw()
        {
            Interlocked.Increment(ref measurements);
            throw new InvalidOperationException("The exporter failed.");
        }
    }

    [Fact]
    public async Task A_client_works_with_a_logger_that_throws()
    {
        var endpoint = new FakeTokenEndpoint();
        using var logs = new LoggerFactory([new FailingLog()]);
        await using var tokens = JwtGrantTokenSource.Create(TestClient.Options(), tokenEndpointHandler: endpoint.Handler, loggerFactory: logs);
        using var http = new HttpMessageInvoker(new AccessTokenHandler(tokens, ProtectedApi.Options(), logs.CreateLogger("test"))
        {
            InnerHandler = new StubHandler(request => request.Headers.Authorization!.Parameter == "token-1" ? ProtectedApi.Unauthorized() : ProtectedApi.Ok()),
        });
        await tokens.GetTokenAsync(TestContext.Current.CancellationToken);
        using var request = new HttpRequestMessage(HttpMethod.Get, ProtectedApi.Address);

        using var response = await http.SendAsync(request, TestContext.Current.CancellationToken);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }

    private sealed class FailingLog : ILogger, ILoggerProvider
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

        public ILogger CreateLogger(string categoryName) => this;

        public void Dispose()
        {
        }
    }
}
