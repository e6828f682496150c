using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace JwtGrantClient.Diagnostics;

/// <summary>
/// The metrics of one client. A measurement that nobody listens to costs a comparison. The counts of the cache, and the state of the client, are read when
/// metrics are collected. No tag contains a subject or a secret.
/// </summary>
/// <param name="meter">The instruments, which the clients of a container share.</param>
/// <param name="client">The name of the client.</param>
/// <param name="time">The clock for durations.</param>
internal sealed class ClientMetrics(TokenMetrics meter, string client, TimeProvider time)
{
    /// <summary>Gets the name of the client.</summary>
    public string Client => client;

    /// <summary>Gets the grant of the client, for activities.</summary>
    public string? Grant { get; init; }

    /// <summary>Gets the host of the issuer or the token endpoint, for activities; null if there is none.</summary>
    public string? Server { get; init; }

    /// <summary>Gets or sets the method that reads the state of the cache; null after it was disposed.</summary>
    public Func<CacheReading>? ReadCache { get; set; }

    /// <summary>Gets or sets the method that reads whether the circuit breaker of the endpoint is open; null if there is none.</summary>
    public Func<bool>? ReadCircuit { get; set; }

    /// <summary>Gets or sets the method that reads the offset of the local clock; null if there is no token endpoint.</summary>
    public Func<ClockReading>? ReadClock { get; set; }

    /// <summary>Gets or sets the method that reads the keys and certificates; null if the client has none.</summary>
    public Func<IReadOnlyList<KeyReading>>? ReadKeys { get; set; }

    /// <summary>Gets the current time, for the duration of an operation that begins.</summary>
    public long Timestamp => time.GetTimestamp();

    /// <summary>Gets whether the waits of callers are measured.</summary>
    public bool MeasuresWaits => meter.WaitDuration.Enabled;

    /// <summary>Gets whether attempts are measured.</summary>
    public bool MeasuresAttempts => meter.AttemptDuration.Enabled;

    /// <summary>Gets whether signatures are measured.</summary>
    public bool MeasuresSigning => meter.SigningDuration.Enabled;

    /// <summary>Returns the value of <c>error.type</c> for a failure.</summary>
    public string ErrorTypeOf(Exception failure) => meter.ErrorTypes.Of(failure);

    /// <summary>Counts an acquisition that succeeded.</summary>
    public void OnAcquired(string reason, string outcome, bool hasLessScope, long startedAt)
    {
        if (hasLessScope)
            Add(meter.Acquisitions, [Named, new(TelemetryTag.Reason, reason), new(TelemetryTag.Outcome, outcome), new(TelemetryTag.Scope, "reduced")]);
        else
            Add(meter.Acquisitions, [Named, new(TelemetryTag.Reason, reason), new(TelemetryTag.Outcome, outcome)]);
        Record(meter.AcquisitionDuration, startedAt, [Named, new(TelemetryTag.Reason, reason), new(TelemetryTag.Outcome, outcome)]);
    }

    /// <summary>Counts an acquisition that failed.</summary>
    public void OnAcquisitionFailed(string reason, JwtGrantException error, long startedAt)
    {
        if (!meter.Acquisitions.Enabled && !meter.AcquisitionDuration.Enabled)
            return;
        ReadOnlySpan<KeyValuePair<string, object?>> tags =
            [Named, new(TelemetryTag.Reason, reason), new(TelemetryTag.Outcome, TelemetryOutcome.Failed), new(TelemetryTag.ErrorType, ErrorTypeOf(error))];
        Add(meter.Acquisitions, tags);
        Record(meter.AcquisitionDuration, startedAt, tags);
    }

    /// <summary>Records how long a caller waited for a token.</summary>
    public void OnWaited(string reason, string outcome, long startedAt) =>
        Record(meter.WaitDuration, startedAt, [Named, new(TelemetryTag.Reason, reason), new(TelemetryTag.Outcome, outcome)]);

    /// <summary>Records one attempt of a token request.</summary>
    /// <param name="status">The HTTP status of the response; 0 without a response.</param>
    /// <param name="errorType">The failure; null for a success.</param>
    /// <param name="startedAt">The <see cref="Timestamp"/> of its start.</param>
    public void OnAttempted(int status, string? errorType, long startedAt)
    {
        if (!meter.AttemptDuration.Enabled)
            return;
        var tags = new TagList { Named };
        if (status != 0)
            tags.Add(TelemetryTag.StatusCode, status);
        AddError(ref tags, errorType);
        Record(meter.AttemptDuration, startedAt, tags);
    }

    /// <summary>Records a signature.</summary>
    public void OnSigned(string algorithm, string? errorType, long startedAt)
    {
        if (!meter.SigningDuration.Enabled)
            return;
        var tags = new TagList { Named, { TelemetryTag.Algorithm, algorithm } };
        AddError(ref tags, errorType);
        Record(meter.SigningDuration, startedAt, tags);
    }

    /// <summary>Records a call of the shared token store.</summary>
    public void OnStoreCalled(string operation, string? errorType, long startedAt)
    {
        if (!meter.StoreDuration.Enabled)
            return;
        var tags = new TagList { Named, { TelemetryTag.StoreOperation, operation } };
        AddError(ref tags, errorType);
        Record(meter.StoreDuration, startedAt, tags);
    }

    /// <summary>Counts a look-up in the shared token store.</summary>
    public void OnStoreLookup(string result) => Add(meter.StoreLookups, [Named, new(TelemetryTag.StoreResult, result)]);

    /// <summary>Ends the metrics of the client.</summary>
    public void Stop()
    {
        ReadCache = null;
        meter.Remove(this);
    }

    /// <summary>Gets the tag that all metrics of the client have.</summary>
    public KeyValuePair<string, object?> Named => new(TelemetryTag.Client, client);

    private static void AddError(ref TagList tags, string? errorType)
    {
        if (errorType is not null)
            tags.Add(TelemetryTag.ErrorType, errorType);
    }

    // A listener of the application runs in these calls. A token must not be lost when it throws.
#pragma warning disable CA1031 // A listener may throw any exception.
    private void Record(Histogram<double> histogram, long startedAt, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        if (!histogram.Enabled)
            return;
        try
        {
            histogram.Record(time.GetElapsedTime(startedAt).TotalSeconds, tags);
        }
        catch (Exception)
        {
            // There is no other place to report it to.
        }
    }

    private void Record(Histogram<double> histogram, long startedAt, in TagList tags)
    {
        try
        {
            histogram.Record(time.GetElapsedTime(startedAt).TotalSeconds, tags);
        }
        catch (Exception)
        {
            // There is no other place to report it to.
        }
    }

    private static void Add(Counter<long> counter, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        try
        {
            counter.Add(1, tags);
        }
        catch (Exception)
        {
            // There is no other place to report it to.
        }
    }
#pragma warning restore CA1031
}
