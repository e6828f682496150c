using System.Diagnostics.Metrics;

namespace JwtGrantClient.Diagnostics;

/// <summary>The values of the tag <c>reason</c>: why a token was acquired.</summary>
internal static class AcquisitionReason
{
    /// <summary>The client had no token before.</summary>
    public const string First = "first";

    /// <summary>The token was refreshed before it expired, and no caller waited.</summary>
    public const string BeforeExpiry = "ahead";

    /// <summary>The client had a token before, and a caller waited for the new one.</summary>
    public const string Blocked = "blocked";

    /// <summary>Another process had acquired the token and stored it in the shared token store.</summary>
    public const string Shared = "shared";
}

/// <summary>The metrics of the library, in the meter <c>JwtGrantClient</c>.</summary>
internal sealed class TokenMetrics
{
    public const string MeterName = "JwtGrantClient";

    private readonly Counter<long> _acquisitions;
    private readonly Counter<long> _blockedCalls;

    public TokenMetrics(Meter meter)
    {
        _acquisitions = meter.CreateCounter<long>(
            "jwtgrantclient.acquisitions", "{acquisition}",
            "Token acquisitions. Tag reason of a successful one: first, ahead (before expiry, no caller waited), blocked (a caller waited) or shared (acquired by another process). " +
            "Tag scope of a token with less scope than requested: reduced. " +
            "Tag error.type of a failed one: the OAuth error, or the error code if there is none.");
        _blockedCalls = meter.CreateCounter<long>(
            "jwtgrantclient.blocked_calls", "{call}", "Calls that waited for a token although the client had a token before.");
    }

    public void Acquired(string client, string reason, bool hasLessScope)
    {
        if (hasLessScope)
            _acquisitions.Add(1, new("client", client), new("reason", reason), new("scope", "reduced"));
        else
            _acquisitions.Add(1, new("client", client), new("reason", reason));
    }

    public void AcquisitionFailed(string client, JwtGrantException error) =>
        _acquisitions.Add(1, new("client", client), new("error.type", error.Error ?? error.Code));

    public void CallBlocked(string client) => _blockedCalls.Add(1, new KeyValuePair<string, object?>("client", client));
}
