using System.Globalization;
using System.Text.Json;
using JwtGrantClient.Testing.Jose;

namespace JwtGrantClient.Testing.Validation;

/// <summary>Reads a NumericDate: a JSON number of seconds since 1970 (RFC 7519 section 2). A decimal is exact to the tick.</summary>
internal static class NumericDate
{
    private const string Clause = "RFC 7519 section 2";

    // The last second of the year 9999. No clock goes further, and a value in milliseconds is larger if it is after January 1978.
    private const decimal LastSecond = 253_402_300_799m;

    // The start of the year 2200: no assertion that is presented by mistake in another unit is for later.
    private const decimal LastPlausibleSecond = 7_258_118_400m;

    /// <summary>Returns the seconds; null if the claim is missing, or is not a date. Reports a claim that is not a number of seconds.</summary>
    public static decimal? Read(JsonElement claims, string name, string rule, AssertionUse use, BrokenRules rules)
    {
        if (!claims.TryGetProperty(name, out var member))
            return null;
        var digits = member.ValueKind == JsonValueKind.String && member.GetString() is { Length: > 0 } text && text.All(char.IsAsciiDigit) ? text : null;
        if (member.ValueKind != JsonValueKind.Number)
            rules.Add(rule, Clause, $"The {use.Name} has '{name}' as a JSON {StrictJson.DescribeKind(member)}; expected a number of seconds.",
                digits is null ? null : nameof(Leniency.AllowStringDates));
        if (member.ValueKind != JsonValueKind.Number && digits is null)
            return null;
        var seconds = Parse(digits ?? member.GetRawText());
        if (seconds <= LastSecond)
            return seconds;
        rules.Add(rule, Clause, $"The {use.Name} has the {name} {member}, which is {DescribeUnit(seconds)}.");
        return null;
    }

    /// <summary>Returns a time span in seconds.</summary>
    public static decimal Seconds(TimeSpan span) => (decimal)span.Ticks / TimeSpan.TicksPerSecond;

    private static string DescribeUnit(decimal value) =>
        value / 1_000 <= LastPlausibleSecond ? "a number of milliseconds; expected seconds"
        : value / 1_000_000 <= LastPlausibleSecond ? "a number of microseconds; expected seconds"
        : value / 1_000_000_000 <= LastPlausibleSecond ? "a number of nanoseconds; expected seconds"
        : "after the year 9999";

    // A number beyond the range of a decimal, such as 1e400, is limited to a value that is beyond every clock.
    private static decimal Parse(string text) =>
        decimal.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var seconds) && Math.Abs(seconds) < 1e20m ? seconds
        : text.StartsWith('-') ? -1e20m : 1e20m;
}
