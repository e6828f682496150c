using System.Globalization;
using System.Text.Json;

namespace JwtGrantClient.Testing.Validation;

/// <summary>The times of an assertion (S13, S14, S15): NumericDates of RFC 7519 section 2, seconds as JSON numbers.</summary>
internal sealed class TimeRules(ServerSettings terms, TimeSpan? longest = null)
{
    // A date of this size in seconds lies after the year 5000; in milliseconds it is about now.
    private const decimal SmallestInMilliseconds = 1e11m, LargestInMilliseconds = 1e14m;

    public DateTimeOffset Check(JsonElement claims, AssertionUse use)
    {
        var options = terms.Options;
        var now = Seconds(terms.Now - DateTimeOffset.UnixEpoch);
        var (maximum, tolerance, skew) =
            (Seconds(longest ?? options.MaxAssertionLifetime), Seconds(options.FutureTolerance), Seconds(options.ClockSkew));
        var exp = Read(claims, "exp", "S13", use) ?? throw use.Refuse("S13", "RFC 7523 section 3 item 4", $"The {use.Noun} has no exp.");
        var (iat, nbf) = (Read(claims, "iat", "S14", use), Read(claims, "nbf", "S14", use));

        if (iat is null && use.IsClientAuthentication && options.FapiMode)
            throw use.Refuse("S14", "FAPI 2.0 section 5.3.3.1", $"The {use.Noun} has no iat.");
        // "On or after" exp is too late (RFC 7519 section 4.1.4).
        if (now >= exp + skew)
            throw use.Refuse("S13", "RFC 7519 section 4.1.4",
                $"The {use.Noun} expired {now - exp:0.#} s ago by this server's clock. Compare the clocks; make it when it is needed.");
        if (exp > now + maximum + tolerance)
            throw use.Refuse("S13", "RFC 7523 section 3 item 4",
                $"The {use.Noun} expires in {exp - now:0.#} s; at most {maximum:0} s are accepted.");
        if (iat > now + tolerance)
            throw use.Refuse("S14", "RFC 7523 section 3 item 6",
                $"The {use.Noun}'s iat lies {iat - now:0.#} s in the future; {tolerance:0} s are tolerated. Compare the clocks.");
        if (nbf > now + tolerance)
            throw use.Refuse("S14", "RFC 7519 section 4.1.5",
                $"The {use.Noun}'s nbf lies {nbf - now:0.#} s in the future; {tolerance:0} s are tolerated. Compare the clocks.");
        if (iat < now - maximum - skew)
            throw use.Refuse("S14", "RFC 7523 section 3 item 6",
                $"The {use.Noun}'s iat lies {now - iat:0.#} s in the past; at most {maximum:0} s are accepted.");
        if (exp <= iat || exp <= nbf)
            throw use.Refuse("S14", "RFC 7519 section 4.1", $"The {use.Noun}'s exp is not after its {(exp <= iat ? "iat" : "nbf")}.");
        if (exp - iat > maximum)
            throw use.Refuse("S15", "RFC 7523 section 3 item 4",
                $"The {use.Noun} lives {exp - iat:0.#} s from iat to exp; at most {maximum:0} s are accepted.");
        return DateTimeOffset.UnixEpoch.AddTicks((long)decimal.Ceiling(exp * TimeSpan.TicksPerSecond));
    }

    private static decimal? Read(JsonElement claims, string name, string rule, AssertionUse use)
    {
        const string Clause = "RFC 7519 section 2";
        if (!claims.TryGetProperty(name, out var member))
            return null;
        if (member.ValueKind != JsonValueKind.Number)
            throw use.Refuse(rule, Clause,
                $"The {use.Noun}'s {name} is a JSON {member.ValueKind.ToString().ToLowerInvariant()}; expected a number of seconds.");
        // A decimal is exact to the tick, and does not take what a double calls infinite (1e400).
        if (!decimal.TryParse(member.GetRawText(), NumberStyles.Float, CultureInfo.InvariantCulture, out var seconds)
            || seconds is < 0 or > LargestInMilliseconds)
            throw use.Refuse(rule, Clause, $"The {use.Noun}'s {name} is {member}, which is no date.");
        if (seconds >= SmallestInMilliseconds)
            throw use.Refuse(rule, Clause, $"The {use.Noun}'s {name} is {member}, which looks like milliseconds; expected seconds.");
        return seconds;
    }

    private static decimal Seconds(TimeSpan span) => (decimal)span.Ticks / TimeSpan.TicksPerSecond;
}
