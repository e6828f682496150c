using System.Collections.Concurrent;
using System.Diagnostics.Metrics;

namespace JwtGrantClient.Tests.TestSupport;

/// <summary>The measurements of one meter instance, one line each. Meters of other tests with the same name are not included.</summary>
internal sealed class Measurements : IDisposable
{
    private readonly ConcurrentQueue<string> _recorded = new();
    private readonly MeterListener _listener = new();

    public Measurements(Meter meter)
    {
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (ReferenceEquals(instrument.Meter, meter))
                listener.EnableMeasurementEvents(instrument);
        };
        _listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) =>
            _recorded.Enqueue($"{instrument.Name} {value} {string.Join(' ', tags.ToArray().Select(tag => $"{tag.Key}={tag.Value}"))}"));
        _listener.Start();
    }

    /// <summary>Lines such as <c>jwtgrantclient.acquisitions 1 client=reports reason=first</c>.</summary>
    public IReadOnlyCollection<string> Recorded => _recorded;

    public void Dispose() => _listener.Dispose();
}
