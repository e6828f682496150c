using JwtGrantClient.Diagnostics;
using JwtGrantClient.Protocol;
using Microsoft.Extensions.Logging;

namespace JwtGrantClient.Distributed;

/// <summary>All log messages of this package, in the category of the library. Event ids are stable. No message contains a secret.</summary>
internal static partial class Log
{
    [LoggerMessage(100, LogLevel.Information, "Calls to the distributed cache fail. The next call is made after {Duration}; until then tokens are requested from the token endpoint. {Error}")]
    public static partial void CircuitOpened(ILogger logger, object duration, ErrorLine error);

    [LoggerMessage(101, LogLevel.Information, "The distributed cache responds again")]
    public static partial void CircuitClosed(ILogger logger);

    [LoggerMessage(102, LogLevel.Warning, "An entry of the distributed cache cannot be read and is ignored. Check that all processes use the same key ring and the same application name of Data Protection (SetApplicationName). Unreadable entries since {Since}: {Entries}")]
    public static partial void EntryUnreadable(ILogger logger, UtcTime since, object entries, Exception? reason);
}
