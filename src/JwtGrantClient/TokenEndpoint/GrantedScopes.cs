using JwtGrantClient.Diagnostics;
using JwtGrantClient.Protocol;
using Microsoft.Extensions.Logging;

namespace JwtGrantClient.TokenEndpoint;

/// <summary>
/// Finds tokens whose scope is less than the requested one (RFC 6749 section 3.3), and logs each such difference once, until a token has the whole scope
/// again.
/// </summary>
/// <param name="client">The client's name.</param>
/// <param name="logger">Logs the differences.</param>
internal sealed class GrantedScopes(string client, ILogger logger)
{
    // Users may have different permissions, so that the number of differences has no natural limit.
    private const int MaximumReports = 100;

    private readonly Lock _lock = new();
    // The requested scope and what is missing, each on a line.
    private readonly HashSet<string> _reports = new(StringComparer.Ordinal);

    /// <summary>Compares the scope of a token with the requested one, and marks the token if it has less.</summary>
    /// <param name="request">What the token was requested for.</param>
    /// <param name="token">The token.</param>
    public void Check(TokenRequest request, AccessToken token)
    {
        // A server that grants the requested scope may leave the scope out of its response (RFC 6749 section 5.1).
        if (request.Scope is not { } requested)
            return;
        var missing = token.Scope is { } granted && granted != requested ? FindMissing(requested, granted) : null;
        token.HasLessScope = missing is not null;
        if (IsNew(request, requested, missing))
            Log.LessScopeGranted(logger, client, Show(requested), Show(missing!));
    }

    /// <summary>Returns the values that were requested and not granted; null if there are none.</summary>
    public static string? FindMissing(string requested, string granted)
    {
        List<string>? missing = null;
        foreach (var range in requested.AsSpan().Split(' '))
            if (requested.AsSpan()[range] is var value && !IsGranted(value, granted))
                (missing ??= []).Add(value.ToString());
        return missing is null ? null : string.Join(' ', missing);
    }

    private static string Show(string scope) => string.Join(' ', Array.ConvertAll(scope.Split(' '), SettingText.Show));

    private bool IsNew(TokenRequest request, string requested, string? missing)
    {
        lock (_lock)
        {
            if (missing is not null)
                return _reports.Count < MaximumReports && _reports.Add($"{requested}\n{missing}");
            // The whole scope for one user says nothing about another.
            if (_reports.Count > 0 && request.Subject is null)
                _reports.RemoveWhere(report => report.StartsWith($"{requested}\n", StringComparison.Ordinal));
            return false;
        }
    }

    // Some servers separate the values by commas. ".default" stands for values that the server chooses, and offline_access for a refresh token.
    private static bool IsGranted(ReadOnlySpan<char> value, string granted)
    {
        if (value is "" or "offline_access" || value.EndsWith("/.default", StringComparison.Ordinal))
            return true;
        foreach (var range in granted.AsSpan().SplitAny(' ', ','))
            if (granted.AsSpan()[range].SequenceEqual(value))
                return true;
        return false;
    }
}
