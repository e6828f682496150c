using Microsoft.Extensions.Logging;

namespace JwtGrantClient.Distributed;

/// <summary>Logs entries that cannot be read, at most once per minute: with a wrong key ring, every entry is one.</summary>
internal sealed class UnreadableEntryLog(TimeProvider time, ILogger logger)
{
    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(1);

    private readonly Lock _deciding = new();
    private long? _loggedAt;

    /// <summary>Logs that an entry cannot be read, unless that was logged within the last minute.</summary>
    /// <param name="reason">Why it cannot be read; null if it was decrypted, but holds no token.</param>
    public void Report(Exception? reason)
    {
        lock (_deciding)
        {
            if (_loggedAt is { } before && time.GetElapsedTime(before) < Interval)
                return;
            _loggedAt = time.GetTimestamp();
        }
        Log.EntryUnreadable(logger, reason);
    }
}
