using System.Globalization;
using System.Numerics;
using System.Runtime.CompilerServices;

namespace JwtGrantClient.Setup;

/// <summary>Checks the ranges of the refresh, retry, endpoint limit, backoff and cache options.</summary>
internal static class RangeChecks
{
    private static readonly TimeSpan
        TenMilliseconds = TimeSpan.FromMilliseconds(10), TenthOfSecond = TimeSpan.FromMilliseconds(100), HalfSecond = TimeSpan.FromMilliseconds(500), Second = TimeSpan.FromSeconds(1),
        Minute = TimeSpan.FromMinutes(1), Hour = TimeSpan.FromHours(1);

    public static IEnumerable<string> Find(JwtGrantOptions options) => [.. Find(options.Refresh), .. Find(options.Retry), .. Find(options.EndpointLimits), .. Find(options.Backoff), .. Find(options.Cache)];

    private static IEnumerable<string> Find(RefreshOptions refresh) => ExceptNull(
        refresh is { EarliestFraction: >= 0.1, LatestFraction: <= 0.95 } && refresh.EarliestFraction <= refresh.LatestFraction
            ? null
            : $"Refresh: EarliestFraction is {refresh.EarliestFraction} and LatestFraction is {refresh.LatestFraction}; expected 0.1 <= EarliestFraction <= LatestFraction <= 0.95.",
        CheckRange(refresh.ExpiryMargin, TimeSpan.Zero, 5 * Minute),
        CheckRange(refresh.MaxExpiryMarginFraction, 0, 0.5),
        CheckRange(refresh.MinimumInterval, Second, Hour),
        CheckRange(refresh.InvalidationInterval, TimeSpan.Zero, Hour),
        CheckRange(refresh.MaxInvalidationFraction, 0.0, 1.0),
        CheckRange(refresh.SleepThreshold, TenthOfSecond, Hour));

    private static IEnumerable<string> Find(RetryOptions retry) => ExceptNull(
        CheckRange(retry.MaxRetryAttempts, 0, 10),
        CheckRange(retry.Delay, TenMilliseconds, Minute),
        CheckRange(retry.AttemptTimeout, TenthOfSecond, 5 * Minute),
        CheckRange(retry.ConnectTimeout, TenthOfSecond, 5 * Minute),
        CheckRange(retry.TotalTimeout, retry.AttemptTimeout, 10 * Minute),
        CheckRange(retry.MaxRetryAfter, TimeSpan.Zero, Hour));

    private static IEnumerable<string> Find(EndpointLimitOptions endpointLimits) => ExceptNull(
        CheckRange(endpointLimits.MaxConcurrentRequests, 1, 10_000),
        CheckRange(endpointLimits.FailureRatio, 0.01, 1.0),
        CheckRange(endpointLimits.MinimumThroughput, 2, 10_000),
        CheckRange(endpointLimits.SamplingDuration, HalfSecond, 10 * Minute),
        CheckRange(endpointLimits.BreakDuration, HalfSecond, 10 * Minute));

    private static IEnumerable<string> Find(BackoffOptions backoff) => ExceptNull(
        CheckRange(backoff.InitialDelay, TenthOfSecond, Hour),
        CheckRange(backoff.MaxDelay, backoff.InitialDelay, Hour),
        CheckRange(backoff.MinimumDelayWithoutToken, TenthOfSecond, 5 * Minute),
        CheckRange(backoff.MaxJitterWithoutToken, TimeSpan.Zero, Hour));

    private static IEnumerable<string> Find(CacheOptions cache) => ExceptNull(
        CheckRange(cache.MaxEntries, 1, 10_000_000),
        CheckRange(cache.IdleTime, Minute, TimeSpan.FromDays(30)),
        CheckRange(cache.StoreTimeout, TenMilliseconds, 10 * Second));

    // NaN is outside of every range, because each comparison with it is false.
    private static string? CheckRange<T>(T value, T min, T max, [CallerArgumentExpression(nameof(value))] string expression = "")
        where T : IComparisonOperators<T, T, bool> => value >= min && value <= max ? null : Describe(expression, value, min, max);

    private static string? CheckRange(TimeSpan value, TimeSpan min, TimeSpan max, [CallerArgumentExpression(nameof(value))] string expression = "") =>
        value >= min && value <= max ? null : Describe(expression, value, min, max);

    // The expression refresh.ExpiryMargin becomes the configuration key Refresh:ExpiryMargin.
    private static string Describe(string expression, object value, object min, object max) => string.Create(
        CultureInfo.InvariantCulture,
        $"{char.ToUpperInvariant(expression[0])}{expression[1..].Replace('.', ':')} is {value}; expected {min} to {max}.");

    private static IEnumerable<string> ExceptNull(params string?[] problems)
    {
        foreach (var problem in problems)
            if (problem is not null)
                yield return problem;
    }
}
