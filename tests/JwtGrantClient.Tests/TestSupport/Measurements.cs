using System.Collections.Concurrent;
using System.Diagnostics.Metrics;

namespace JwtGrantClient.Tests.TestSupport;

/// <summary>
/// The measurements of one meter instance, one line each, without the prefix of the library in the names of tags. Meters of other tests with the same name are
/// not included.
/// </summary>
internal sealed class Measurements : IDisposable
{
    private readonly ConcurrentQueue<string> _recorded = new(), _durations = new();
    private readonly MeterListener _listener = new();

    public Measurements(Meter meter)
    {
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (ReferenceEquals(instrument.Meter, meter))
                listener.EnableMeasurementEvents(instrument);
        };
        _listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => _recorded.Enqueue($"{instrument.Name} {value} {Format(tags)}"));
        _listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) =>
            _durations.Enqueue(string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{instrument.Name} {value:0.###} {Format(tags)}")));
        _listener.Start();
    }

    /// <summary>Counts, as lines such as <c>jwtgrantclient.acquisitions 1 client=reports reason=first outcome=acquired</c>.</summary>
    public IReadOnlyCollection<string> Recorded => _recorded;

    /// <summary>Durations in seconds, as lines such as <c>jwtgrantclient.wait.duration 0 client=reports reason=first outcome=acquired</c>.</summary>
    public IReadOnlyCollection<string> Durations => _durations;

    /// <summary>Returns the lines of an instrument.</summary>
    public IEnumerable<string> Of(string instrument) =>
        _recorded.Concat(_durations).Where(line => line.StartsWith($"{instrument} ", StringComparison.Ordinal)).Select(line => line[(instrument.Length + 1)..]);

    /// <summary>Reads the current values of the observable instruments, and returns the lines of one of them.</summary>
    public IReadOnlyList<string> Read(string instrument)
    {
        _recorded.Clear();
        _durations.Clear();
        _listener.RecordObservableInstruments();
        return [.. Of(instrument)];
    }

    public void Dispose() => _listener.Dispose();

    private static string Format(ReadOnlySpan<KeyValuePair<string, object?>> tags) =>
        string.Join(' ', tags.ToArray().Select(tag => $"{tag.Key.Replace("jwtgrantclient.", "", StringComparison.Ordinal)}={tag.Value}"));
}
