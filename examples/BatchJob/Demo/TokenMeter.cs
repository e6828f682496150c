using System.Diagnostics.Metrics;

namespace BatchJob.Demo;

/// <summary>Listens to the meter of the library, as OpenTelemetry does.</summary>
internal sealed class TokenMeter : IDisposable
{
    private readonly MeterListener _listener = new();

    public TokenMeter(JobStatistics statistics)
    {
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Meter.Name == "JwtGrantClient")
                listener.EnableMeasurementEvents(instrument);
        };
        _listener.SetMeasurementEventCallback<long>((instrument, _, tags, _) =>
        {
            if (instrument.Name == "jwtgrantclient.acquisitions" && Tag(tags, "jwtgrantclient.outcome") == "acquired")
                statistics.OnTokenAcquired(inBackground: Tag(tags, "jwtgrantclient.reason") == "refresh");
        });
        _listener.SetMeasurementEventCallback<double>((instrument, _, tags, _) =>
        {
            // The first calls wait for the first token.
            if (instrument.Name == "jwtgrantclient.wait.duration" && Tag(tags, "jwtgrantclient.reason") != "first")
                statistics.OnCallBlocked();
        });
        _listener.Start();
    }

    public void Dispose() => _listener.Dispose();

    private static string? Tag(ReadOnlySpan<KeyValuePair<string, object?>> tags, string name)
    {
        foreach (var tag in tags)
            if (tag.Key == name)
                return tag.Value as string;
        return null;
    }
}
