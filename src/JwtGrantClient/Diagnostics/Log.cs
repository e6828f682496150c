using Microsoft.Extensions.Logging;

namespace JwtGrantClient.Diagnostics;

/// <summary>
/// Every message that the library logs, under the category <c>JwtGrantClient</c>. Event ids are stable. No message takes a secret.
/// </summary>
internal static partial class Log
{
    public const string Category = "JwtGrantClient";

    [LoggerMessage(1, LogLevel.Information, "Token request failed; attempt {Attempt} follows in {Delay}")]
    public static partial void Retrying(ILogger logger, int attempt, TimeSpan delay, Exception? exception);

    [LoggerMessage(2, LogLevel.Warning, "Metadata of {Issuer} could not be renewed; the last good document stays in use")]
    public static partial void MetadataKept(ILogger logger, string issuer, Exception exception);

    [LoggerMessage(3, LogLevel.Debug, "Client '{Client}' acquired a token ({Reason}) that expires at {ExpiresAt}")]
    public static partial void Acquired(ILogger logger, string client, string reason, DateTimeOffset expiresAt);

    [LoggerMessage(4, LogLevel.Warning, "Client '{Client}' could not renew its token, which is valid for another {Remaining}; next " +
        "attempt in {Wait}")]
    public static partial void RefreshFailed(ILogger logger, string client, TimeSpan remaining, TimeSpan wait, Exception exception);

    [LoggerMessage(5, LogLevel.Error, "Client '{Client}' has no valid token and could not obtain one; next attempt in {Wait}")]
    public static partial void AcquisitionFailed(ILogger logger, string client, TimeSpan wait, Exception exception);

    [LoggerMessage(6, LogLevel.Information, "The API at {Origin} answered 401 to the token; it is given up, if it is still the one in use")]
    public static partial void TokenRejected(ILogger logger, string origin);

    [LoggerMessage(7, LogLevel.Warning, "The API at {Origin} answered 403 insufficient_scope; it asks for the scope '{Scope}'")]
    public static partial void InsufficientScope(ILogger logger, string origin, string? scope);

    [LoggerMessage(8, LogLevel.Warning, "Client '{Client}' could not revoke a token at its end; it stays valid until it expires")]
    public static partial void NotRevoked(ILogger logger, string client, Exception exception);

    [LoggerMessage(9, LogLevel.Debug, "The store that client '{Client}' shares its tokens by did not answer; the token endpoint is asked")]
    public static partial void SharedStoreFailed(ILogger logger, string client, Exception exception);

    [LoggerMessage(20, LogLevel.Debug, "Signing with {Algorithm} and the key '{KeyId}' from {Place} ({Format})")]
    public static partial void KeyLoaded(ILogger logger, string algorithm, string? keyId, string place, string format);

    [LoggerMessage(21, LogLevel.Information, "In {Place} there is a new key: '{OldKeyId}' gives way to {Algorithm} and '{KeyId}'")]
    public static partial void KeyReplaced(ILogger logger, string place, string? oldKeyId, string algorithm, string? keyId);

    [LoggerMessage(22, LogLevel.Warning, "The signing key could not be renewed; the last good one ('{KeyId}') stays in use")]
    public static partial void KeyKept(ILogger logger, string? keyId, Exception exception);

    [LoggerMessage(23, LogLevel.Warning, "The certificate '{Subject}' ({Thumbprint}) of the signing key ends at {End}, in {Days} days; " +
        "renew it")]
    public static partial void CertificateEnds(ILogger logger, string subject, string thumbprint, DateTimeOffset end, int days);

    [LoggerMessage(24, LogLevel.Error, "The certificate '{Subject}' ({Thumbprint}) of the signing key ended at {End}; servers may " +
        "refuse it. Renew it")]
    public static partial void CertificateEnded(ILogger logger, string subject, string thumbprint, DateTimeOffset end);
}
