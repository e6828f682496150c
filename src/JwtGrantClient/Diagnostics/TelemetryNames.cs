namespace JwtGrantClient.Diagnostics;

/// <summary>The names of the tags of metrics and activities. docs/telemetry.md has all of them, with their values.</summary>
internal static class TelemetryTag
{
    public const string Client = "jwtgrantclient.client";
    public const string Reason = "jwtgrantclient.reason";
    public const string Outcome = "jwtgrantclient.outcome";
    public const string Scope = "jwtgrantclient.scope";
    public const string Grant = "jwtgrantclient.grant";
    public const string Attempt = "jwtgrantclient.attempt.number";
    public const string ErrorCode = "jwtgrantclient.error_code";
    public const string OAuthError = "jwtgrantclient.oauth_error";
    public const string NonceRequested = "jwtgrantclient.dpop.nonce_requested";
    public const string Algorithm = "jwtgrantclient.signing.algorithm";
    public const string KeyUse = "jwtgrantclient.key.use";
    public const string StoreOperation = "jwtgrantclient.shared_store.operation";
    public const string StoreResult = "jwtgrantclient.shared_store.result";
    public const string CacheResult = "jwtgrantclient.cache.result";
    public const string EvictionReason = "jwtgrantclient.cache.eviction_reason";

    // The names of the semantic conventions of OpenTelemetry.
    public const string ErrorType = "error.type";
    public const string StatusCode = "http.response.status_code";
    public const string ServerAddress = "server.address";
}

/// <summary>The values of <see cref="TelemetryTag.Reason"/>: why a token is acquired.</summary>
internal static class AcquisitionReason
{
    /// <summary>There was no token before.</summary>
    public const string First = "first";

    /// <summary>The token is valid and due for refresh.</summary>
    public const string Refresh = "refresh";

    /// <summary>The token before has expired.</summary>
    public const string Expired = "expired";

    /// <summary>An API responded 401 to the token.</summary>
    public const string Rejected = "rejected";

    /// <summary>The application invalidated or revoked the token.</summary>
    public const string Invalidated = "invalidated";

    /// <summary>The server accepts each token once, so it is not cached.</summary>
    public const string SingleUse = "single_use";
}

/// <summary>The values of <see cref="TelemetryTag.Outcome"/>.</summary>
internal static class TelemetryOutcome
{
    /// <summary>A new token was acquired.</summary>
    public const string Acquired = "acquired";

    /// <summary>Another process had acquired the token and stored it in the shared token store.</summary>
    public const string Adopted = "adopted";

    /// <summary>No token could be obtained.</summary>
    public const string Failed = "failed";

    /// <summary>The caller canceled its wait, or the client was disposed.</summary>
    public const string Canceled = "canceled";
}

/// <summary>The values of <see cref="TelemetryTag.StoreResult"/>: what a look-up in the shared token store found.</summary>
internal static class StoreResult
{
    /// <summary>A token that is used.</summary>
    public const string Adopted = "adopted";

    /// <summary>A token that is not used, because it is not newer, expires or was revoked.</summary>
    public const string Unused = "unused";

    /// <summary>No token.</summary>
    public const string Miss = "miss";

    /// <summary>The store failed or did not respond in time.</summary>
    public const string Failed = "failed";
}

/// <summary>The values of <see cref="TelemetryTag.KeyUse"/>.</summary>
internal static class KeyUse
{
    /// <summary>The key signs assertions.</summary>
    public const string Signing = "signing";

    /// <summary>The key signs client assertions only.</summary>
    public const string ClientAssertion = "client_assertion";

    /// <summary>The certificate authenticates the connections.</summary>
    public const string Tls = "tls";
}
