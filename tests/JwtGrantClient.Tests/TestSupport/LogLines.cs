using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace JwtGrantClient.Tests.TestSupport;

/// <summary>Records log entries as they would be printed.</summary>
internal sealed class LogLines : ILogger, ILoggerProvider
{
    private readonly ConcurrentQueue<string> _lines = new();
    private readonly ConcurrentDictionary<int, TaskCompletionSource> _events = new();

    public IReadOnlyList<string> All => [.. _lines];

    /// <summary>Waits until the event has been logged.</summary>
    public Task WaitForEventAsync(int id) => GetCompletion(id).Task;

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        _lines.Enqueue($"{logLevel} {eventId.Id} {formatter(state, exception)}{(exception is null ? "" : $" {exception}")}");
        GetCompletion(eventId.Id).TrySetResult();
    }

    public ILogger CreateLogger(string categoryName) => this;

    public void Dispose()
    {
    }

    private TaskCompletionSource GetCompletion(int id) =>
        _events.GetOrAdd(id, _ => new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
}
