using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Observability;

/// <summary>Collects the metrics and the ids of log events of one instance, for the check. An application leaves this to OpenTelemetry.</summary>
internal sealed class Signals : ILoggerProvider, ILogger
{
    private readonly ConcurrentQueue<(string Instrument, double Value, string[] Tags)> _measurements = new();
    private readonly ConcurrentDictionary<int, bool> _events = new();
    private readonly MeterListener _listener = new();

    /// <param name="meters">The meters of the instance. The other instances in this process have meters of the same name.</param>
    public Signals(IMeterFactory meters)
    {
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Meter.Name == "JwtGrantClient" && instrument.Meter.Scope == meters)
                listener.EnableMeasurementEvents(instrument);
        };
        _listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Add(instrument, value, tags));
        _listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) => Add(instrument, value, tags));
        _listener.Start();
    }

    /// <summary>Gets whether a client has acquired a token.</summary>
    public bool HasAcquired => _measurements.Any(one => one.Instrument == "jwtgrantclient.acquisitions" && one.Tags.Contains("jwtgrantclient.outcome=acquired"));

    /// <summary>Returns whether a metric and a log event name the fault.</summary>
    public bool Name(Fault fault)
    {
        _listener.RecordObservableInstruments();
        var words = fault.Metric.Split(' ');
        return (fault.LogEvent is not { } id || _events.ContainsKey(id))
            && _measurements.Any(one => one.Instrument == words[0] && fault.HasValue(one.Value) && words.Skip(1).All(one.Tags.Contains));
    }

    public ILogger CreateLogger(string categoryName) => categoryName == "JwtGrantClient" ? this : NullLogger.Instance;

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Information;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
        _events[eventId.Id] = true;

    public void Dispose() => _listener.Dispose();

    private void Add(Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        var texts = new string[tags.Length];
        for (var i = 0; i < tags.Length; i++)
            texts[i] = $"{tags[i].Key}={tags[i].Value}";
        _measurements.Enqueue((instrument.Name, value, texts));
    }
}
