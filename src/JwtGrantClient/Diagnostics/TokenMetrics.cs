using System.Diagnostics.Metrics;

namespace JwtGrantClient.Diagnostics;

/// <summary>Why a token was acquired, as the <c>reason</c> tag says it.</summary>
internal static class AcquisitionReason
{
    public const string First = "first", Ahead = "ahead", Blocked = "blocked", Shared = "shared";
}

/// <summary>The meter <c>JwtGrantClient</c>.</summary>
internal sealed class TokenMetrics
{
    public const string MeterName = "JwtGrantClient";

    private readonly Counter<long> _acquisitions;
    private readonly Counter<long> _blockedCalls;

    public TokenMetrics(Meter meter)
    {
        _acquisitions = meter.CreateCounter<long>(
            "jwtgrantclient.acquisitions", "{acquisition}",
            "Attempts to acquire a token. reason: first, ahead (before expiry, nobody waited) or blocked, of one that brought a token, " +
            "shared of one that another process had acquired; error.type of one that failed.");
        _blockedCalls = meter.CreateCounter<long>(
            "jwtgrantclient.blocked_calls", "{call}", "Calls that had to wait for a token although the client had held one before.");
    }

    public void Acquired(string client, string reason) => _acquisitions.Add(1, new("client", client), new("reason", reason));

    public void AcquisitionFailed(string client, JwtGrantException error) =>
        _acquisitions.Add(1, new("client", client), new("error.type", error.Error ?? error.Code));

    public void CallBlocked(string client) => _blockedCalls.Add(1, new KeyValuePair<string, object?>("client", client));
}
