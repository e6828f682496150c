using System.Globalization;
using System.Text.Json;
using JwtGrantClient.Testing.Jwt;

namespace JwtGrantClient.Testing.Judging;

/// <summary>A NumericDate claim (RFC 7519 section 2): a JSON number of seconds since 1970, fractions allowed.</summary>
internal static class NumericDate
{
    // 1e11 seconds is the year 5138; 1e11 milliseconds is 1973.
    private const decimal SurelyMilliseconds = 100_000_000_000;

    public static decimal? Read(CompactJwt jwt, string name, string rule, string clause, AssertionUse use)
    {
        if (!jwt.Payload.TryGetProperty(name, out var value))
            return null;
        if (value.ValueKind != JsonValueKind.Number)
            throw use.Refuse(rule, $"{clause}, RFC 7519 section 2", $"claim {name} is {Quote.Of(value)}. Expected a JSON number of seconds.");
        if (!decimal.TryParse(value.GetRawText(), NumberStyles.Float, CultureInfo.InvariantCulture, out var seconds))
            throw use.Refuse(rule, $"{clause}, RFC 7519 section 2", $"claim {name} is {Quote.Of(value)}, beyond any date. Expected seconds.");
        if (seconds >= SurelyMilliseconds)
            throw use.Refuse(rule, $"{clause}, RFC 7519 section 2", $"claim {name} is {Quote.Of(value)}, which looks like milliseconds. Send seconds.");
        return seconds;
    }
}
