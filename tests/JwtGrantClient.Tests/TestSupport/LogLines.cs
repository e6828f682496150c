using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace JwtGrantClient.Tests.TestSupport;

/// <summary>Records log entries as they would be printed.</summary>
internal sealed class LogLines : ILogger, ILoggerProvider
{
    private readonly ConcurrentQueue<string> _lines = new();
    private readonly ConcurrentQueue<string> _values = new();
    private readonly ConcurrentDictionary<int, TaskCompletionSource> _events = new();

    public IReadOnlyList<string> All => [.. _lines];

    /// <summary>The structured values, each as name=value.</summary>
    public IReadOnlyList<string> Values => [.. _values];

    /// <summary>Waits until the event has been logged.</summary>
    public Task WaitForEventAsync(int id) => GetCompletion(id).Task;

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        _lines.Enqueue($"{logLevel} {eventId.Id} {formatter(state, exception)}{(exception is null ? "" : $" {exception}")}");
        foreach (var (name, value) in state as IEnumerable<KeyValuePair<string, object?>> ?? [])
            _values.Enqueue($"{name}={(value is IEnumerable<string> many ? string.Join(' ', many) : value)}");
        GetCompletion(eventId.Id).TrySetResult();
    }

    public ILogger CreateLogger(string categoryName) => this;

    public void Dispose()
    {
    }

    private TaskCompletionSource GetCompletion(int id) =>
        _events.GetOrAdd(id, _ => new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
}
