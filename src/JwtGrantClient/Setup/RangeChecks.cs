using System.Globalization;
using System.Numerics;
using System.Runtime.CompilerServices;

namespace JwtGrantClient.Setup;

/// <summary>What is wrong with the numbers by which tokens are kept and renewed.</summary>
internal static class RangeChecks
{
    private static readonly TimeSpan
        Moment = TimeSpan.FromMilliseconds(10), Tenth = TimeSpan.FromMilliseconds(100), Second = TimeSpan.FromSeconds(1), Minute = TimeSpan.FromMinutes(1),
        Hour = TimeSpan.FromHours(1);

    public static IEnumerable<string> Find(JwtGrantOptions options) => [.. Find(options.Refresh), .. Find(options.Retry), .. Find(options.Backoff), .. Find(options.Cache)];

    private static IEnumerable<string> Find(RefreshOptions refresh) => Real(
        refresh is { EarliestFraction: >= 0.1, LatestFraction: <= 0.95 } && refresh.EarliestFraction <= refresh.LatestFraction
            ? null
            : $"Refresh: EarliestFraction is {refresh.EarliestFraction} and LatestFraction is {refresh.LatestFraction}; expected 0.1 <= EarliestFraction <= LatestFraction <= 0.95.",
        Outside(refresh.ExpiryMargin, TimeSpan.Zero, 5 * Minute),
        Outside(refresh.MaxExpiryMarginFraction, 0, 0.5),
        Outside(refresh.MinimumInterval, Second, Hour),
        Outside(refresh.InvalidationInterval, TimeSpan.Zero, Hour),
        Outside(refresh.MaxInvalidationFraction, 0.0, 1.0),
        Outside(refresh.SleepThreshold, Tenth, Hour));

    private static IEnumerable<string> Find(RetryOptions retry) => Real(
        Outside(retry.MaxRetryAttempts, 0, 10),
        Outside(retry.Delay, Moment, Minute),
        Outside(retry.AttemptTimeout, Tenth, 5 * Minute),
        Outside(retry.TotalTimeout, retry.AttemptTimeout, 10 * Minute),
        Outside(retry.MaxRetryAfter, TimeSpan.Zero, Hour));

    private static IEnumerable<string> Find(BackoffOptions backoff) => Real(
        Outside(backoff.InitialDelay, Tenth, Hour),
        Outside(backoff.MaxDelay, backoff.InitialDelay, Hour),
        Outside(backoff.MinimumDelayWithoutToken, Tenth, 5 * Minute),
        Outside(backoff.MaxJitterWithoutToken, TimeSpan.Zero, Hour));

    private static IEnumerable<string> Find(CacheOptions cache) => Real(
        Outside(cache.MaxEntries, 1, 10_000_000), Outside(cache.IdleTime, Minute, TimeSpan.FromDays(30)),
        Outside(cache.StoreTimeout, Moment, 10 * Second));

    // Not a number is outside too.
    private static string? Outside<T>(T value, T least, T most, [CallerArgumentExpression(nameof(value))] string setting = "")
        where T : IComparisonOperators<T, T, bool> => value >= least && value <= most ? null : Text(setting, value, least, most);

    private static string? Outside(TimeSpan value, TimeSpan least, TimeSpan most, [CallerArgumentExpression(nameof(value))] string setting = "") =>
        value >= least && value <= most ? null : Text(setting, value, least, most);

    // The expression reads as the setting's key does, but for its first letter and the dot.
    private static string Text(string setting, object value, object least, object most) =>
        string.Create(CultureInfo.InvariantCulture, $"{char.ToUpperInvariant(setting[0])}{setting[1..].Replace('.', ':')} is {value}; " +
            $"expected {least} to {most}.");

    private static IEnumerable<string> Real(params string?[] problems) => problems.OfType<string>();
}
