using System.Text.Json;
using JwtGrantClient.Testing.IdentityAssertions;

namespace JwtGrantClient.Testing.Validation;

/// <summary>Checks <c>exp</c>, <c>iat</c> and <c>nbf</c> of an assertion.</summary>
internal sealed class TimeRules(ServerSettings settings, TimeSpan? maxLifetime = null)
{
    // A jti need not be remembered for longer, whatever a leniency lets pass: 3650 days.
    private const decimal MaxSeconds = 315_360_000m;

    private readonly decimal _maximum = NumericDate.Seconds(maxLifetime ?? settings.Options.MaxAssertionLifetime);
    private readonly decimal _tolerance = NumericDate.Seconds(settings.Options.FutureTolerance);
    private readonly decimal _skew = NumericDate.Seconds(settings.Options.ClockSkew);

    /// <summary>Returns <c>exp</c>, which is meaningful only if no rule is broken.</summary>
    public DateTimeOffset Check(JsonElement claims, AssertionUse use, BrokenRules rules)
    {
        var now = NumericDate.Seconds(settings.Now - DateTimeOffset.UnixEpoch);
        var expiry = NumericDate.Read(claims, "exp", "S13", use, rules);
        var exp = CheckExpiry(claims, expiry, now, use, rules);
        var iat = CheckIssueTime(claims, now, use, rules);
        var nbf = CheckNotBefore(claims, now, use, rules);
        // Relations are checked only between times that are accepted, so that each cause is reported once.
        if (exp <= iat || exp <= nbf)
            rules.Add("S14", "a rule of this server, which RFC 7519 section 4.1 leaves open", $"The {use.Name}'s exp is not after its {(exp <= iat ? "iat" : "nbf")}.");
        else if (exp - iat > _maximum)
            rules.Add("S15", "RFC 7523 section 3 item 4",
                $"The {use.Name}'s lifetime is {exp - iat:0.#} s from iat to exp; at most {_maximum:0} s are accepted.",
                nameof(Leniency.AllowLongLifetime));
        return DateTimeOffset.UnixEpoch.AddTicks((long)decimal.Ceiling(Math.Clamp(expiry ?? 0, 0, now + MaxSeconds) * TimeSpan.TicksPerSecond));
    }

    private decimal? CheckExpiry(JsonElement claims, decimal? exp, decimal now, AssertionUse use, BrokenRules rules)
    {
        if (!claims.TryGetProperty("exp", out _))
            rules.Add("S13", "RFC 7523 section 3 item 4", $"The {use.Name} has no exp.");
        // An assertion has expired on or after its exp (RFC 7519 section 4.1.4).
        else if (now >= exp + _skew)
            rules.Add("S13", "RFC 7519 section 4.1.4",
                $"The {use.Name} expired {now - exp:0.#} s ago by this server's clock. Compare the clocks, and create it just before you send it.");
        else if (exp > now + _maximum + _tolerance)
            rules.Add("S13", "RFC 7523 section 3 item 4",
                $"The {use.Name} expires in {exp - now:0.#} s; at most {_maximum:0} s are accepted.", nameof(Leniency.AllowLongLifetime));
        else
            return exp;
        return null;
    }

    private decimal? CheckIssueTime(JsonElement claims, decimal now, AssertionUse use, BrokenRules rules)
    {
        if (use.RequiresIssueTime && !claims.TryGetProperty("iat", out _))
            rules.Add("S14", IdJag.ClaimClause, $"The {use.Name} has no iat.");
        var iat = NumericDate.Read(claims, "iat", "S14", use, rules);
        if (iat > now + _tolerance)
            rules.Add("S14", "a rule of this server, which RFC 7519 section 4.1.6 leaves open",
                $"The {use.Name}'s iat is {iat - now:0.#} s in the future; at most {_tolerance:0} s are accepted. Compare the clocks.");
        else if (iat < now - _maximum - _skew)
            rules.Add("S14", "RFC 7523 section 3 item 6",
                $"The {use.Name}'s iat is {now - iat:0.#} s in the past; at most {_maximum:0} s are accepted.", nameof(Leniency.AllowLongLifetime));
        else
            return iat;
        return null;
    }

    private decimal? CheckNotBefore(JsonElement claims, decimal now, AssertionUse use, BrokenRules rules)
    {
        var nbf = NumericDate.Read(claims, "nbf", "S14", use, rules);
        if (!(nbf > now + _tolerance))
            return nbf;
        rules.Add("S14", "RFC 7519 section 4.1.5",
            $"The {use.Name}'s nbf is {nbf - now:0.#} s in the future; at most {_tolerance:0} s are accepted. Compare the clocks.");
        return null;
    }
}
