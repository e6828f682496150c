using System.Globalization;
using System.Text.Json;
using JwtGrantClient.Testing.Jose;

namespace JwtGrantClient.Testing.Validation;

/// <summary>Reads a NumericDate: a JSON number of seconds since 1970 (RFC 7519 section 2). A decimal is exact to the tick.</summary>
internal static class NumericDate
{
    public const string Clause = "RFC 7519 section 2";

    // The last second of the year 9999. No clock goes further, and a value in milliseconds is larger if it is after January 1978.
    private const decimal LastSecond = 253_402_300_799m;

    // The start of the year 2200: no assertion that is presented by mistake in another unit is for later.
    private const decimal LastPlausibleSecond = 7_258_118_400m;

    /// <summary>Returns the seconds; null if the claim is missing, or has a problem.</summary>
    /// <param name="claims">The claims.</param>
    /// <param name="name">The name of the claim.</param>
    /// <param name="problem">The end of a sentence that begins with the name of the JWT; empty if there is none.</param>
    public static decimal? Read(JsonElement claims, string name, out string problem)
    {
        problem = "";
        if (!claims.TryGetProperty(name, out var member))
            return null;
        if (member.ValueKind != JsonValueKind.Number)
        {
            problem = $"has '{name}' as a JSON {StrictJson.DescribeKind(member)}; expected a number of seconds";
            return null;
        }
        var seconds = Parse(member.GetRawText());
        if (seconds > LastSecond)
            problem = $"has the {name} {member}, which is {DescribeUnit(seconds)}";
        return problem.Length == 0 ? seconds : null;
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
