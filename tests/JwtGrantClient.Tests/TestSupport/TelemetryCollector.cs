using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Diagnostics.Tracing;
using Microsoft.Extensions.Logging;

namespace JwtGrantClient.Tests.TestSupport;

/// <summary>
/// Collects every text that a process can listen to: logs with scopes at every level, activities, tags of metrics, event sources and diagnostic listeners. It concerns the
/// whole process, so the tests with one do not run in parallel with others.
/// </summary>
/// <remarks>
/// Left out are the event sources of the runtime, and those whose names begin with Private: they are traces of .NET itself, which contain what is sent. So do the
/// requests and responses that a diagnostic listener gets as objects. Of these it collects the text.
/// </remarks>
internal sealed class TelemetryCollector : IDisposable
{
    private readonly ConcurrentDictionary<string, string> _texts = new();
    private readonly ActivityListener _activities;
    private readonly MeterListener _meters = new();
    private readonly EventSources _events;
    private readonly ConcurrentBag<IDisposable> _subscriptions = [];

    public TelemetryCollector()
    {
        _activities = new()
        {
            ShouldListenTo = _ => true,
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = AddActivity,
        };
        ActivitySource.AddActivityListener(_activities);
        _meters.InstrumentPublished = (instrument, listener) => listener.EnableMeasurementEvents(instrument);
        _meters.SetMeasurementEventCallback<long>((instrument, _, tags, _) => AddTags(instrument, tags));
        _meters.SetMeasurementEventCallback<double>((instrument, _, tags, _) => AddTags(instrument, tags));
        _meters.SetMeasurementEventCallback<int>((instrument, _, tags, _) => AddTags(instrument, tags));
        _meters.Start();
        _events = new(Add);
        _subscriptions.Add(DiagnosticListener.AllListeners.Subscribe(new Observer<DiagnosticListener>(listener =>
            _subscriptions.Add(listener.Subscribe(new Observer<KeyValuePair<string, object?>>(diagnostic => AddDiagnostic(listener.Name, diagnostic)))))));
        Logs = new LogProvider(Add);
    }

    /// <summary>A provider of loggers that collects all entries.</summary>
    public ILoggerProvider Logs { get; }

    /// <summary>All different texts, each with the place where it was found first.</summary>
    public IReadOnlyDictionary<string, string> Texts => _texts;

    /// <summary>The kinds of places with texts: log, activity, metric, event and diagnostic.</summary>
    public IEnumerable<string> Kinds => _texts.Values.Select(place => place.Split(' ')[0]).Distinct();

    /// <summary>Adds a text, for example of an exception that an application would log.</summary>
    public void Add(string place, string? text)
    {
        if (!string.IsNullOrEmpty(text))
            _texts.TryAdd(text, place);
    }

    /// <summary>Reads the observable instruments.</summary>
    public void ReadMetrics() => _meters.RecordObservableInstruments();

    public void Dispose()
    {
        _activities.Dispose();
        _meters.Dispose();
        _events.Dispose();
        foreach (var subscription in _subscriptions)
            subscription.Dispose();
        Logs.Dispose();
    }

    private void AddActivity(Activity activity)
    {
        var place = $"activity {activity.Source.Name} {activity.OperationName}";
        Add(place, $"{activity.OperationName} {activity.DisplayName} {activity.StatusDescription} {activity.TraceStateString}");
        foreach (var (name, value) in activity.TagObjects)
            Add(place, $"{name}={value}");
        foreach (var (name, value) in activity.Baggage)
            Add(place, $"{name}={value}");
        foreach (var tag in activity.Events.SelectMany(one => one.Tags.Prepend(new("event", one.Name))).Concat(activity.Links.SelectMany(link => link.Tags ?? [])))
            Add(place, $"{tag.Key}={tag.Value}");
    }

    private void AddTags(Instrument instrument, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        foreach (var (name, value) in tags)
            Add($"metric {instrument.Name}", $"{name}={value}");
    }

    private void AddDiagnostic(string listener, KeyValuePair<string, object?> diagnostic)
    {
        var place = $"diagnostic {listener} {diagnostic.Key}";
        if (diagnostic.Value is not { } payload)
            return;
        foreach (var property in payload.GetType().GetProperties().Where(property => property.GetIndexParameters().Length == 0))
            Add(place, property.GetValue(payload) switch
            {
                HttpRequestMessage request => $"{request.Method} {request.RequestUri} {Headers(request.Headers)}",
                HttpResponseMessage response => $"{response.StatusCode} {response.ReasonPhrase}",
                var value => $"{property.Name}={value}",
            });
        if (payload is string text)
            Add(place, text);
    }

    private static string Headers(IEnumerable<KeyValuePair<string, IEnumerable<string>>> headers) =>
        string.Join(' ', headers.Where(header => header.Key is not ("Authorization" or "DPoP")).Select(header => $"{header.Key}: {string.Join(", ", header.Value)}"));

    private sealed class Observer<T>(Action<T> onNext) : IObserver<T>
    {
        public void OnNext(T value) => onNext(value);

        public void OnCompleted()
        {
        }

        public void OnError(Exception error)
        {
        }
    }

    private sealed class EventSources : EventListener
    {
        // The base class calls OnEventSourceCreated before the constructor of this one.
        private readonly Action<string, string?> _add;

        public EventSources(Action<string, string?> add) => _add = add;

        protected override void OnEventSourceCreated(EventSource eventSource)
        {
            if (!eventSource.Name.StartsWith("Private.", StringComparison.Ordinal) && !eventSource.Name.StartsWith("Microsoft-Windows-DotNETRuntime", StringComparison.Ordinal)
                && eventSource.Name is not ("System.Diagnostics.Metrics" or "System.Threading.Tasks.TplEventSource" or "System.Buffers.ArrayPoolEventSource"
                    or "System.Collections.Concurrent.ConcurrentCollectionsEventSource"))
                EnableEvents(eventSource, EventLevel.Verbose, EventKeywords.All);
        }

        protected override void OnEventWritten(EventWrittenEventArgs eventData)
        {
            foreach (var value in eventData.Payload ?? (IEnumerable<object?>)[])
                _add?.Invoke($"event {eventData.EventSource.Name} {eventData.EventName}", value is IEnumerable<object> many ? string.Join(' ', many) : value?.ToString());
            _add?.Invoke($"event {eventData.EventSource.Name} {eventData.EventName}", eventData.Message);
        }
    }

    private sealed class LogProvider(Action<string, string?> add) : ILoggerProvider, ISupportExternalScope
    {
        private IExternalScopeProvider _scopes = new LoggerExternalScopeProvider();

        public ILogger CreateLogger(string categoryName) => new Logger(this, categoryName);

        public void SetScopeProvider(IExternalScopeProvider scopeProvider) => _scopes = scopeProvider;

        public void Dispose()
        {
        }

        private sealed class Logger(LogProvider provider, string category) : ILogger
        {
            public IDisposable? BeginScope<TState>(TState state)
                where TState : notnull => provider._scopes.Push(state);

            public bool IsEnabled(LogLevel logLevel) => true;

            public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
            {
                var place = $"log {category} {eventId.Id}";
                provider.Write(place, formatter(state, exception));
                provider.Write(place, exception?.ToString());
                provider.WriteValues(place, state);
                provider._scopes.ForEachScope((scope, _) => provider.WriteValues(place, scope), 0);
            }
        }

        private void Write(string place, string? text) => add(place, text);

        private void WriteValues(string place, object? state)
        {
            Write(place, state?.ToString());
            if (state is IEnumerable<KeyValuePair<string, object?>> values)
                foreach (var (name, value) in values)
                    Write(place, $"{name}={(value is IEnumerable<object> many ? string.Join(' ', many) : value)}");
        }
    }
}
