using System.Collections.Concurrent;
using System.Threading.Channels;
using Microsoft.Extensions.Logging;

namespace JwtGrantClient.Tests.TestSupport;

/// <summary>
/// The log of the library as a queue. A refresh writes its line after it has completed, so that a test can wait for it. The lines about streaks of
/// failures and about canceled calls, which come before it, are kept apart.
/// </summary>
internal sealed class RefreshLog : ILogger
{
    private static readonly int[] StreakEventIds = [17, 18, 27, 33];

    private readonly Channel<LogLine> _lines = Channel.CreateUnbounded<LogLine>();
    private readonly ConcurrentQueue<LogLine> _streaks = new();

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
        Add(eventId, new(logLevel, eventId.Id, formatter(state, exception), exception));

    public Task<LogLine> NextAsync() => _lines.Reader.ReadAsync(TestContext.Current.CancellationToken).AsTask().WithTimeout();

    public bool IsEmpty => _lines.Reader.Count == 0;

    /// <summary>The lines about streaks of failures and about canceled calls.</summary>
    public IReadOnlyList<LogLine> Streaks => [.. _streaks];

    private void Add(EventId id, LogLine line)
    {
        if (StreakEventIds.Contains(id.Id))
            _streaks.Enqueue(line);
        else
            _lines.Writer.TryWrite(line);
    }
}

internal sealed record LogLine(LogLevel Level, int EventId, string Text, Exception? Exception);
