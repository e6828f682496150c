namespace JwtGrantClient.Diagnostics;

/// <summary>What a warning says about a streak of failures.</summary>
/// <param name="Failures">The number of failures so far.</param>
/// <param name="Since">The time of the first one.</param>
/// <param name="IsFirst">Whether it is the first warning of the streak, which has the whole error.</param>
internal sealed record FailureReport(int Failures, DateTimeOffset Since, bool IsFirst);

/// <summary>A streak of failures that a success has ended.</summary>
/// <param name="Failures">The number of failures.</param>
/// <param name="Duration">The time from the first failure to the success.</param>
internal sealed record EndedStreak(int Failures, TimeSpan Duration);

/// <summary>
/// Decides when a streak of failures is logged: with the first failure, and while it lasts after 1, 2, 4 and more minutes, at most once an hour. So an
/// outage of hours takes a few lines, however many requests fail. There is at most one warning a minute, also if streaks are short.
/// </summary>
/// <param name="time">Measures the intervals.</param>
internal sealed class FailureStreak(TimeProvider time)
{
    private static readonly TimeSpan FirstInterval = TimeSpan.FromMinutes(1), MaxInterval = TimeSpan.FromHours(1);

    private readonly Lock _lock = new();
    private int _failures;
    private bool _isReported;
    private DateTimeOffset _since;
    private long _startedAt, _lastFailureAt;
    private long? _reportedAt;
    private TimeSpan _interval = FirstInterval;

    /// <summary>Gets the time without a failure that ends a streak. Default: only a success ends it.</summary>
    public TimeSpan? EndsAfter { get; init; }

    /// <summary>Counts a failure. Returns what to log; null if no warning is due.</summary>
    public FailureReport? OnFailed()
    {
        lock (_lock)
        {
            var now = time.GetTimestamp();
            if (_failures > 0 && EndsAfter is { } endsAfter && time.GetElapsedTime(_lastFailureAt, now) >= endsAfter)
                End();
            if (_failures++ == 0)
                (_startedAt, _since) = (now, time.GetUtcNow());
            _lastFailureAt = now;
            if (_reportedAt is { } reportedAt && time.GetElapsedTime(reportedAt, now) < _interval)
                return null;
            if (_isReported)
                _interval = _interval * 2 < MaxInterval ? _interval * 2 : MaxInterval;
            var isFirst = !_isReported;
            (_reportedAt, _isReported) = (now, true);
            return new(_failures, _since, isFirst);
        }
    }

    /// <summary>Ends the streak. Returns what to log; null if there was no streak, or no warning about it.</summary>
    public EndedStreak? OnSucceeded()
    {
        if (Volatile.Read(ref _failures) == 0)
            return null;
        lock (_lock)
        {
            var ended = _isReported && _failures > 0 ? new EndedStreak(_failures, time.GetElapsedTime(_startedAt)) : null;
            End();
            return ended;
        }
    }

    // The time of the last warning stays.
    private void End() => (_failures, _isReported, _interval) = (0, false, FirstInterval);
}
