using Microsoft.Extensions.Logging;

namespace JwtGrantClient.Distributed;

/// <summary>Every message of this package, under the library's category. Event ids are stable. No message takes a secret.</summary>
internal static partial class Log
{
    public const string Category = "JwtGrantClient";

    [LoggerMessage(100, LogLevel.Warning, "The distributed cache fails; it is left alone for {Duration}, and each process asks the " +
        "token endpoint")]
    public static partial void StoreLeftAlone(ILogger logger, TimeSpan duration, Exception? reason);

    [LoggerMessage(101, LogLevel.Information, "The distributed cache is back")]
    public static partial void StoreIsBack(ILogger logger);

    [LoggerMessage(102, LogLevel.Warning, "The distributed cache holds an entry that cannot be read here; it is passed over. Do all " +
        "processes share the key ring and the application name of Data Protection (SetApplicationName)?")]
    public static partial void EntryUnreadable(ILogger logger, Exception? reason);
}
