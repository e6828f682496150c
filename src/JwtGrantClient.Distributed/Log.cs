using Microsoft.Extensions.Logging;

namespace JwtGrantClient.Distributed;

/// <summary>All log messages of this package, in the category of the library. Event ids are stable. No message contains a secret.</summary>
internal static partial class Log
{
    [LoggerMessage(100, LogLevel.Warning, "Calls to the distributed cache fail. The next call is made after {Duration}; until then tokens are requested from the token endpoint")]
    public static partial void CircuitOpened(ILogger logger, TimeSpan duration, Exception? reason);

    [LoggerMessage(101, LogLevel.Information, "The distributed cache responds again")]
    public static partial void CircuitClosed(ILogger logger);

    [LoggerMessage(102, LogLevel.Warning, "An entry of the distributed cache cannot be read and is ignored. Check that all processes use the same key ring and the same application name of Data Protection (SetApplicationName)")]
    public static partial void EntryUnreadable(ILogger logger, Exception? reason);
}
