using Microsoft.Extensions.Logging;

namespace JwtGrantClient.Diagnostics;

/// <summary>Every message that the library logs, under the category <c>JwtGrantClient</c>. Event ids are stable. No message takes a secret.</summary>
internal static partial class Log
{
    public const string Category = "JwtGrantClient";

    [LoggerMessage(1, LogLevel.Information, "Token request failed; attempt {Attempt} follows in {Delay}")]
    public static partial void Retrying(ILogger logger, int attempt, TimeSpan delay, Exception? exception);

    [LoggerMessage(2, LogLevel.Warning, "Metadata of {Issuer} could not be renewed; the last good document stays in use")]
    public static partial void MetadataKept(ILogger logger, string issuer, Exception exception);

    [LoggerMessage(3, LogLevel.Debug, "Client '{Client}' acquired a token ({Reason}) that expires at {ExpiresAt}")]
    public static partial void Acquired(ILogger logger, string client, string reason, DateTimeOffset expiresAt);

    [LoggerMessage(4, LogLevel.Warning, "Client '{Client}' could not renew its token, which is valid for another {Remaining}; next attempt in {Wait}")]
    public static partial void RenewalFailed(ILogger logger, string client, TimeSpan remaining, TimeSpan wait, Exception exception);

    [LoggerMessage(5, LogLevel.Error, "Client '{Client}' has no valid token and could not obtain one; next attempt in {Wait}")]
    public static partial void AcquisitionFailed(ILogger logger, string client, TimeSpan wait, Exception exception);

    [LoggerMessage(6, LogLevel.Information, "The API at {Origin} answered 401 to the token; it is renewed once")]
    public static partial void TokenRejected(ILogger logger, string origin);

    [LoggerMessage(7, LogLevel.Warning, "The API at {Origin} answered 403 insufficient_scope; it asks for the scope '{Scope}'")]
    public static partial void InsufficientScope(ILogger logger, string origin, string? scope);
}
