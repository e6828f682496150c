using JwtGrantClient.Protocol;
using Microsoft.Extensions.Logging;

namespace JwtGrantClient.Diagnostics;

/// <summary>
/// The log messages of the library, in the category <c>JwtGrantClient</c>. Event ids do not change. No message contains a secret.
/// </summary>
/// <remarks>
/// A number or a TimeSpan is passed as an object, which a logger receives in any case: a native program has a copy of the logging code for each
/// combination of value types (docs/native-aot.md#what-a-program-contains).
/// </remarks>
internal static partial class Log
{
    public const string Category = "JwtGrantClient";

    [LoggerMessage(1, LogLevel.Information, "Client '{Client}': the token request failed; attempt {Attempt} follows in {Delay}. {Error}")]
    public static partial void Retrying(ILogger logger, string client, object attempt, object delay, ErrorLine error);

    [LoggerMessage(2, LogLevel.Warning, "Metadata of {Issuer} could not be refreshed; the last good document stays in use. Failed attempts since {Since}: {Failures}. {Error}")]
    public static partial void MetadataRefreshFailed(ILogger logger, string issuer, UtcTime since, object failures, ErrorLine error, Exception? exception);

    [LoggerMessage(3, LogLevel.Debug, "Client '{Client}' acquired a token ({Reason}) that expires at {ExpiresAt}")]
    public static partial void Acquired(ILogger logger, string client, string reason, UtcTime expiresAt);

    [LoggerMessage(4, LogLevel.Information, "Client '{Client}' could not refresh its token, which is valid for another {Remaining}; next attempt in {Wait}. {Error}")]
    public static partial void RefreshFailed(ILogger logger, string client, object remaining, object wait, ErrorLine error);

    [LoggerMessage(5, LogLevel.Information, "Client '{Client}' has no valid token and could not obtain one; next attempt in {Wait}. {Error}")]
    public static partial void AcquisitionFailed(ILogger logger, string client, object wait, ErrorLine error);

    [LoggerMessage(6, LogLevel.Information, "The API at {Origin} responded with 401 to the token; the token is replaced if it is still the cached one")]
    public static partial void TokenRejected(ILogger logger, string origin);

    [LoggerMessage(7, LogLevel.Warning, "The API at {Origin} responded with 403 insufficient_scope; it requires the scope '{Scope}'")]
    public static partial void InsufficientScope(ILogger logger, string origin, string? scope);

    [LoggerMessage(8, LogLevel.Warning, "Client '{Client}' could not revoke {Remaining} of {Cached} tokens when it was disposed; they stay valid until they expire")]
    public static partial void RevocationFailed(ILogger logger, string client, object remaining, object cached, Exception exception);

    [LoggerMessage(9, LogLevel.Debug, "The shared token store of client '{Client}' failed or did not respond in time; the token endpoint is used. {Error}")]
    public static partial void SharedStoreFailed(ILogger logger, string client, ErrorLine error);

    [LoggerMessage(10, LogLevel.Warning, "The metadata of {Issuer} now names a {Endpoint} at {Origin} instead of {PreviousOrigin}, and client credentials are sent there. Set TokenEndpointOrigins to limit the origins")]
    public static partial void EndpointOriginChanged(ILogger logger, string issuer, string endpoint, string origin, string previousOrigin);

    [LoggerMessage(12, LogLevel.Warning, "The circuit breaker of {Endpoint} is open for {Duration}, because too many requests failed; no request is sent meanwhile. Last error: {Error}")]
    public static partial void CircuitOpened(ILogger logger, string endpoint, object duration, ErrorLine error);

    [LoggerMessage(13, LogLevel.Information, "The circuit breaker of {Endpoint} is closed: the endpoint responds again")]
    public static partial void CircuitClosed(ILogger logger, string endpoint);

    [LoggerMessage(14, LogLevel.Debug, "Client '{Client}' sent no token request ({Code}); next attempt in {Wait}")]
    public static partial void HeldBack(ILogger logger, string client, object wait, string code);

    [LoggerMessage(11, LogLevel.Warning, "Client '{Client}' could not tell the other processes that a token was revoked, because the shared token store failed; it tries again while it runs")]
    public static partial void MarkerDelayed(ILogger logger, string client);

    [LoggerMessage(15, LogLevel.Warning, "Client '{Client}' has revoked too many tokens while the shared token store fails; other processes may use some of them until they expire. Forgotten since {Since}: {Tokens}")]
    public static partial void MarkerLost(ILogger logger, string client, UtcTime since, object tokens);

    [LoggerMessage(16, LogLevel.Warning, "Client '{Client}' requested the scope '{Requested}', but the server granted less: '{Missing}' is missing. Requests that need it will be rejected; allow it in the client's registration, or request less")]
    public static partial void LessScopeGranted(ILogger logger, string client, string requested, string missing);

    [LoggerMessage(17, LogLevel.Warning, "Client '{Client}' cannot acquire tokens. Failed acquisitions since {Since}: {Failures}. Valid tokens stay in use until they expire. Last error: {Error}")]
    public static partial void AcquiresNothing(ILogger logger, string client, UtcTime since, object failures, ErrorLine error, Exception? exception);

    [LoggerMessage(18, LogLevel.Information, "Client '{Client}' acquires tokens again, after {Duration}. Failed acquisitions in that time: {Failures}")]
    public static partial void AcquiresAgain(ILogger logger, string client, object duration, object failures);

    [LoggerMessage(19, LogLevel.Information, "Client '{Client}' acquired its first token ({Reason}) from {Server}; it expires at {ExpiresAt} and is refreshed from {RefreshAt} on")]
    public static partial void AcquiredFirst(ILogger logger, string client, string reason, string server, UtcTime expiresAt, UtcTime refreshAt);

    [LoggerMessage(20, LogLevel.Debug, "Signing with {Algorithm} and the key '{KeyId}' from {Place} ({Format})")]
    public static partial void KeyLoaded(ILogger logger, string algorithm, string? keyId, string place, string format);

    [LoggerMessage(21, LogLevel.Information, "Loaded a new key from {Place}: {Algorithm} and the key '{KeyId}' replace the key '{OldKeyId}'")]
    public static partial void KeyReplaced(ILogger logger, string place, string? oldKeyId, string algorithm, string? keyId);

    [LoggerMessage(22, LogLevel.Warning, "The signing key could not be reloaded; the last good key ('{KeyId}') stays in use")]
    public static partial void KeyReloadFailed(ILogger logger, string? keyId, Exception exception);

    [LoggerMessage(23, LogLevel.Warning, "The certificate '{Subject}' ({Thumbprint}) of the signing key expires at {End}, in {Days} days; renew it")]
    public static partial void CertificateExpires(ILogger logger, string subject, string thumbprint, UtcTime end, object days);

    [LoggerMessage(24, LogLevel.Error, "The certificate '{Subject}' ({Thumbprint}) of the signing key expired at {End}; servers may reject it. Renew it")]
    public static partial void CertificateExpired(ILogger logger, string subject, string thumbprint, UtcTime end);

    [LoggerMessage(25, LogLevel.Warning, "The shared token store of client '{Client}' fails; tokens are requested from the token endpoint meanwhile. Failed calls since {Since}: {Failures}. Last error: {Error}")]
    public static partial void SharedStoreFails(ILogger logger, string client, UtcTime since, object failures, ErrorLine error, Exception? exception);

    [LoggerMessage(26, LogLevel.Information, "The shared token store of client '{Client}' responds again, after {Duration}. Failed calls in that time: {Failures}")]
    public static partial void SharedStoreResponds(ILogger logger, string client, object duration, object failures);

    [LoggerMessage(27, LogLevel.Warning, "Client '{Client}' cannot acquire tokens for single requests, such as those of one user; other requests are not affected. Failed acquisitions since {Since}: {Failures}. Last error: {Error}")]
    public static partial void RequestsFail(ILogger logger, string client, UtcTime since, object failures, ErrorLine error, Exception? exception);

    [LoggerMessage(28, LogLevel.Information, "Metadata of {Issuer} can be read again, after {Duration}. Failed attempts in that time: {Failures}")]
    public static partial void MetadataRefreshed(ILogger logger, string issuer, object duration, object failures);

    [LoggerMessage(30, LogLevel.Warning, "New metadata of {Issuer} is not used; the last good document stays in use. {Error}")]
    public static partial void MetadataRejected(ILogger logger, string issuer, ErrorLine error);

    [LoggerMessage(29, LogLevel.Debug, "Client '{Client}' does not share the token, because a token file could not be read. {Error}")]
    public static partial void TokenFileUnreadable(ILogger logger, string client, ErrorLine error);

    [LoggerMessage(31, LogLevel.Warning, "The file of TrustedCertificates could not be reloaded; the last good certificates ({Count}) stay in use")]
    public static partial void TrustedCertificatesReloadFailed(ILogger logger, object count, Exception exception);

    [LoggerMessage(32, LogLevel.Information, "TrustedCertificates: the file {Path} has changed; new connections trust its {Count} certificates")]
    public static partial void TrustedCertificatesReplaced(ILogger logger, string path, object count);

    [LoggerMessage(33, LogLevel.Warning, "A call waited for a token of client '{Client}' from {Server} and was canceled after {Waited}. If a timeout around the call canceled it, such as HttpClient.Timeout, the token request may take longer (Retry:TotalTimeout). Canceled calls: {Calls}. Last failure: {LastFailure}")]
    public static partial void CallerCanceled(ILogger logger, string client, string server, object waited, object calls, string lastFailure);

    [LoggerMessage(34, LogLevel.Warning, "The clock of this machine is {Offset} {Direction} the server's ({Server}), which refused an assertion of client '{Client}'. Its assertions have the server's time from now on. Synchronize the clock (NTP)")]
    public static partial void ClockCorrected(ILogger logger, object offset, string direction, string server, string client);
}
