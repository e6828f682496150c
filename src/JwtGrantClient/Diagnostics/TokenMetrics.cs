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
            Add(_acquisitions, [new("client", client), new("reason", reason), new("scope", "reduced")]);
        else
            Add(_acquisitions, [new("client", client), new("reason", reason)]);
    }

    public void AcquisitionFailed(string client, JwtGrantException error) =>
        Add(_acquisitions, [new("client", client), new("error.type", error.Error ?? error.Code)]);

    public void CallBlocked(string client) => Add(_blockedCalls, [new("client", client)]);

    // A listener of the application runs in this call. A token must not be lost when it throws.
    private static void Add(Counter<long> counter, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        try
        {
            counter.Add(1, tags);
        }
#pragma warning disable CA1031 // A listener may throw any exception.
        catch (Exception)
#pragma warning restore CA1031
        {
            // There is no other place to report it to.
        }
    }
}
