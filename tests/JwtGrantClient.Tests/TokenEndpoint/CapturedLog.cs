using System.Collections.Concurrent;
using System.Threading.Channels;
using JwtGrantClient.Tests.TestSupport;
using Microsoft.Extensions.Logging;

namespace JwtGrantClient.Tests.TokenEndpoint;

/// <summary>Records every message at every level, with its exception.</summary>
internal sealed class CapturedLog : ILogger
{
    private readonly ConcurrentQueue<string> _lines = new();
    private readonly Channel<string> _unread = Channel.CreateUnbounded<string>();

    public IReadOnlyList<string> Lines => [.. _lines];

    /// <summary>Waits for the first line that this method has not returned yet.</summary>
    public Task<string> NextLineAsync() => _unread.Reader.ReadAsync(TestContext.Current.CancellationToken).AsTask().WithTimeout();

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(
        LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        var line = $"{logLevel} {eventId.Id}: {formatter(state, exception)} {exception}";
        _lines.Enqueue(line);
        _unread.Writer.TryWrite(line);
    }
}
