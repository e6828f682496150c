namespace JwtGrantClient.TokenEndpoint;

/// <summary>
/// Provides a wall clock that does not jump when the system clock is set. Polly's circuit breaker measures with the wall clock; if the system
/// clock were set back by an hour, the circuit breaker would stay open for another hour.
/// </summary>
internal sealed class MonotonicTimeProvider(TimeProvider time) : TimeProvider
{
    private readonly DateTimeOffset _startTime = time.GetUtcNow();
    private readonly long _startTimestamp = time.GetTimestamp();

    public override long TimestampFrequency => time.TimestampFrequency;

    public override DateTimeOffset GetUtcNow() => _startTime + time.GetElapsedTime(_startTimestamp);

    public override long GetTimestamp() => time.GetTimestamp();

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
        time.CreateTimer(callback, state, dueTime, period);
}
