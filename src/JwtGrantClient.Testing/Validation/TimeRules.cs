using System.Globalization;
using System.Text.Json;

namespace JwtGrantClient.Testing.Validation;

/// <summary>Checks <c>exp</c>, <c>iat</c> and <c>nbf</c> of an assertion: seconds as JSON numbers (NumericDate, RFC 7519 section 2).</summary>
internal sealed class TimeRules(ServerSettings settings, TimeSpan? maxLifetime = null)
{
    // As seconds, a value from 1e11 is after the year 5000. As milliseconds, it is between 1973 and 5138.
    private const decimal MinMilliseconds = 1e11m, MaxMilliseconds = 1e14m;

    public DateTimeOffset Check(JsonElement claims, AssertionUse use)
    {
        var options = settings.Options;
        var now = Seconds(settings.Now - DateTimeOffset.UnixEpoch);
        var (maximum, tolerance, skew) =
            (Seconds(maxLifetime ?? options.MaxAssertionLifetime), Seconds(options.FutureTolerance), Seconds(options.ClockSkew));
        var exp = Read(claims, "exp", "S13", use) ?? throw use.Refuse("S13", "RFC 7523 section 3 item 4", $"The {use.Name} has no exp.");
        var (iat, nbf) = (Read(claims, "iat", "S14", use), Read(claims, "nbf", "S14", use));

        // An assertion has expired on or after its exp (RFC 7519 section 4.1.4).
        if (now >= exp + skew)
            throw use.Refuse("S13", "RFC 7519 section 4.1.4",
                $"The {use.Name} expired {now - exp:0.#} s ago by this server's clock. Compare the clocks, and create it just before you send it.");
        if (exp > now + maximum + tolerance)
            throw use.Refuse("S13", "RFC 7523 section 3 item 4",
                $"The {use.Name} expires in {exp - now:0.#} s; at most {maximum:0} s are accepted.");
        if (iat > now + tolerance)
            throw use.Refuse("S14", "RFC 7523 section 3 item 6",
                $"The {use.Name}'s iat is {iat - now:0.#} s in the future; at most {tolerance:0} s are accepted. Compare the clocks.");
        if (nbf > now + tolerance)
            throw use.Refuse("S14", "RFC 7519 section 4.1.5",
                $"The {use.Name}'s nbf is {nbf - now:0.#} s in the future; at most {tolerance:0} s are accepted. Compare the clocks.");
        if (iat < now - maximum - skew)
            throw use.Refuse("S14", "RFC 7523 section 3 item 6",
                $"The {use.Name}'s iat is {now - iat:0.#} s in the past; at most {maximum:0} s are accepted.");
        if (exp <= iat || exp <= nbf)
            throw use.Refuse("S14", "RFC 7519 section 4.1", $"The {use.Name}'s exp is not after its {(exp <= iat ? "iat" : "nbf")}.");
        if (exp - iat > maximum)
            throw use.Refuse("S15", "RFC 7523 section 3 item 4",
                $"The {use.Name}'s lifetime is {exp - iat:0.#} s from iat to exp; at most {maximum:0} s are accepted.");
        return DateTimeOffset.UnixEpoch.AddTicks((long)decimal.Ceiling(exp * TimeSpan.TicksPerSecond));
    }

    private static decimal? Read(JsonElement claims, string name, string rule, AssertionUse use)
    {
        const string Clause = "RFC 7519 section 2";
        if (!claims.TryGetProperty(name, out var member))
            return null;
        if (member.ValueKind != JsonValueKind.Number)
            throw use.Refuse(rule, Clause,
                $"The {use.Name}'s {name} is a JSON {member.ValueKind.ToString().ToLowerInvariant()}; expected a number of seconds.");
        // A decimal is exact to the tick. A double would read 1e400 as infinity.
        if (!decimal.TryParse(member.GetRawText(), NumberStyles.Float, CultureInfo.InvariantCulture, out var seconds)
            || seconds is < 0 or > MaxMilliseconds)
            throw use.Refuse(rule, Clause, $"The {use.Name}'s {name} is {member}, which is not a valid date.");
        if (seconds >= MinMilliseconds)
            throw use.Refuse(rule, Clause, $"The {use.Name}'s {name} is {member}, which looks like milliseconds; expected seconds.");
        return seconds;
    }

    private static decimal Seconds(TimeSpan span) => (decimal)span.Ticks / TimeSpan.TicksPerSecond;
}
