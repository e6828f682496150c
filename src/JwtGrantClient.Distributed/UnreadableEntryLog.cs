using JwtGrantClient.Diagnostics;
using Microsoft.Extensions.Logging;

namespace JwtGrantClient.Distributed;

/// <summary>Logs entries that cannot be read, at growing intervals: with a wrong key ring, no entry can be read.</summary>
internal sealed class UnreadableEntryLog(TimeProvider time, ILogger logger)
{
    // An entry that can be read does not end the streak: with two key rings in a fleet, only some entries can be read.
    private readonly FailureStreak _failing = new(time) { EndsAfter = TimeSpan.FromHours(1) };

    /// <summary>Logs that an entry cannot be read, unless that was logged a short time ago.</summary>
    /// <param name="reason">The error of the decryption; null if the entry was decrypted but does not contain a token.</param>
    public void Report(Exception? reason)
    {
        if (_failing.OnFailed() is { } report)
            Log.EntryUnreadable(logger, new(report.Since), report.Failures, report.IsFirst ? reason : null);
    }
}
