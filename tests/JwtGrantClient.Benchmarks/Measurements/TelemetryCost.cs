using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace JwtGrantClient.Benchmarks.Measurements;

/// <summary>
/// Measures what listeners cost: a cached token, and an acquisition from an endpoint in memory, without listeners and with one for every activity and every
/// metric, in turn in every round. A real endpoint takes longer, so the ratio is an upper bound.
/// </summary>
internal sealed class TelemetryCost : IMeasurement
{
    private const int CachedCalls = 100_000, Acquisitions = 200;

    private long _subjects, _listened;

    public async Task<IReadOnlyList<Row>> RunAsync(Scale scale)
    {
        return [.. await RunAsync("RS256", TestData.RsaPem, scale), .. await RunAsync("ES256", TestData.EcPem, scale)];
    }

    private async Task<IEnumerable<Row>> RunAsync(string algorithm, string key, Scale scale)
    {
        var options = TestData.Options(key);
        options.Grant = GrantType.JwtBearer;
        options.ClientAuthentication = ClientAuthenticationMethod.None;
        // No entry is evicted: that is no part of an acquisition.
        options.Cache.MaxEntries = 10_000_000;
        await using var tokens = TestData.TokenSource(options);
        await tokens.GetTokenAsync(TokenRequest.Default);
        var (rounds, cachedCalls, acquisitions) = scale switch
        {
            Scale.Full => (200, CachedCalls, Acquisitions), Scale.Quick => (40, CachedCalls, Acquisitions), _ => (1, 10, 1),
        };
        var cached = (Without: new Sample[rounds], With: new Sample[rounds]);
        var acquired = (Without: new Sample[rounds], With: new Sample[rounds]);
        for (var i = -Math.Min(rounds, 10); i < rounds; i++)
        {
            var without = (MeasureCached(tokens, cachedCalls), await MeasureAsync(tokens, acquisitions));
            using var listeners = Listen();
            var with = (MeasureCached(tokens, cachedCalls), await MeasureAsync(tokens, acquisitions));
            // The first rounds warm up.
            if (i >= 0)
                (cached.Without[i], acquired.Without[i], cached.With[i], acquired.With[i]) = (without.Item1, without.Item2, with.Item1, with.Item2);
        }
        return Rows($"cached token ({algorithm})", cached.Without, cached.With).Concat(Rows($"acquisition ({algorithm})", acquired.Without, acquired.With));
    }

    private static IEnumerable<Row> Rows(string name, Sample[] without, Sample[] with)
    {
        const string Group = "Telemetry";
        yield return new(Group, $"{name}, no listener", Statistics.Median(without.Select(sample => sample.Nanoseconds)), "ns", Statistics.Median(without.Select(sample => sample.Bytes)), 1);
        yield return new(
            Group, $"{name}, all listeners", Statistics.Median(with.Select(sample => sample.Nanoseconds)), "ns", Statistics.Median(with.Select(sample => sample.Bytes)),
            Statistics.Median(with.Zip(without, (one, other) => one.Nanoseconds / other.Nanoseconds)),
            $"{Statistics.Median(with.Zip(without, (one, other) => one.Nanoseconds - other.Nanoseconds)):+0.0;-0.0} ns");
    }

    private static Sample MeasureCached(JwtGrantTokenSource tokens, int calls)
    {
        var (bytes, started) = (GC.GetAllocatedBytesForCurrentThread(), Stopwatch.GetTimestamp());
        for (var i = 0; i < calls; i++)
        {
            var pending = tokens.GetTokenAsync(TokenRequest.Default);
            _ = pending.IsCompletedSuccessfully ? pending.Result : throw new InvalidOperationException("The token is not cached.");
        }
        var elapsed = Stopwatch.GetElapsedTime(started);
        return new(elapsed.TotalNanoseconds / calls, (GC.GetAllocatedBytesForCurrentThread() - bytes) / (double)calls);
    }

    // Each for another subject, so that none is cached.
    private async Task<Sample> MeasureAsync(JwtGrantTokenSource tokens, int calls)
    {
        var requests = Enumerable.Range(0, calls).Select(_ => new TokenRequest { Subject = $"user-{_subjects++}" }).ToList();
        var (bytes, started) = (GC.GetTotalAllocatedBytes(precise: true), Stopwatch.GetTimestamp());
        foreach (var request in requests)
            await tokens.GetTokenAsync(request);
        var elapsed = Stopwatch.GetElapsedTime(started);
        return new(elapsed.TotalNanoseconds / calls, (GC.GetTotalAllocatedBytes(precise: true) - bytes) / (double)calls);
    }

    private Listeners Listen()
    {
        var activities = new ActivityListener
        {
            ShouldListenTo = source => source.Name == "JwtGrantClient",
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = _ => _listened++,
        };
        ActivitySource.AddActivityListener(activities);
        var metrics = new MeterListener
        {
            InstrumentPublished = (instrument, listener) =>
            {
                if (instrument.Meter.Name == "JwtGrantClient")
                    listener.EnableMeasurementEvents(instrument);
            },
        };
        metrics.SetMeasurementEventCallback<long>((_, _, _, _) => _listened++);
        metrics.SetMeasurementEventCallback<double>((_, _, _, _) => _listened++);
        metrics.Start();
        return new(activities, metrics);
    }

    /// <summary>One call.</summary>
    private readonly record struct Sample(double Nanoseconds, double Bytes);

    private sealed record Listeners(ActivityListener Activities, MeterListener Metrics) : IDisposable
    {
        public void Dispose()
        {
            Metrics.Dispose();
            Activities.Dispose();
        }
    }
}
