using System.Threading.Channels;
using Microsoft.Extensions.Logging;

namespace JwtGrantClient.Tests.TestSupport;

/// <summary>The log of the library as a queue. A refresh writes its line after it has completed, so that a test can wait for it.</summary>
internal sealed class RefreshLog : ILogger
{
    private readonly Channel<LogLine> _lines = Channel.CreateUnbounded<LogLine>();

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
        _lines.Writer.TryWrite(new(logLevel, formatter(state, exception), exception));

    public Task<LogLine> NextAsync() => _lines.Reader.ReadAsync(TestContext.Current.CancellationToken).AsTask().WithTimeout();

    public bool IsEmpty => _lines.Reader.Count == 0;
}

internal sealed record LogLine(LogLevel Level, string Text, Exception? Exception);
