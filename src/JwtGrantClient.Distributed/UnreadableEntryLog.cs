using Microsoft.Extensions.Logging;

namespace JwtGrantClient.Distributed;

/// <summary>Logs entries that cannot be read, at most once per minute: with a wrong key ring, no entry can be read.</summary>
internal sealed class UnreadableEntryLog(TimeProvider time, ILogger logger)
{
    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(1);

    private readonly Lock _lock = new();
    private long? _loggedAt;

    /// <summary>Logs that an entry cannot be read, unless that was logged within the last minute.</summary>
    /// <param name="reason">The error of the decryption; null if the entry was decrypted but does not contain a token.</param>
    public void Report(Exception? reason)
    {
        lock (_lock)
        {
            if (_loggedAt is { } loggedAt && time.GetElapsedTime(loggedAt) < Interval)
                return;
            _loggedAt = time.GetTimestamp();
        }
        Log.EntryUnreadable(logger, reason);
    }
}
