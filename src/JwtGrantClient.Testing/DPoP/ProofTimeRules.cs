using System.Text.Json;
using JwtGrantClient.Testing.Validation;

namespace JwtGrantClient.Testing.DPoP;

/// <summary>
/// Checks the times of a DPoP proof: <c>iat</c> (RFC 9449 section 4.3 item 11), and <c>exp</c> and <c>nbf</c>, which are optional but have their
/// meaning of RFC 7519.
/// </summary>
internal sealed class ProofTimeRules(ServerSettings settings)
{
    // A client creates a proof immediately before it sends the request, so a short time is enough.
    private static readonly TimeSpan MaxAge = TimeSpan.FromSeconds(60);

    private readonly decimal _maxAge = NumericDate.Seconds(MaxAge);
    private readonly decimal _tolerance = NumericDate.Seconds(settings.Options.FutureTolerance);
    private readonly decimal _skew = NumericDate.Seconds(settings.Options.ClockSkew);

    /// <summary>Returns the time until which the <c>jti</c> must be remembered.</summary>
    public DateTimeOffset Check(JsonElement claims, AssertionUse use, BrokenRules rules)
    {
        var now = settings.Now;
        var seconds = NumericDate.Seconds(now - DateTimeOffset.UnixEpoch);
        if (!claims.TryGetProperty("iat", out _))
            rules.Add("S14", "RFC 9449 section 4.2", $"The {use.Name} has no iat.");
        else if (NumericDate.Read(claims, "iat", "S14", use, rules) is { } iat && (iat > seconds + _tolerance || iat < seconds - _maxAge - _skew))
            rules.Add("S14", "RFC 9449 section 4.3",
                $"The {use.Name}'s iat is {(iat > seconds ? $"{iat - seconds:0.#} s in the future" : $"{seconds - iat:0.#} s in the past")}; at most {_maxAge:0} s in the past and {_tolerance:0} s in the future are accepted. Compare the clocks.");
        if (NumericDate.Read(claims, "exp", "S13", use, rules) is { } exp && seconds >= exp + _skew)
            rules.Add("S13", "RFC 7519 section 4.1.4", $"The {use.Name} expired {seconds - exp:0.#} s ago. A proof needs no exp; leave it out.");
        if (NumericDate.Read(claims, "nbf", "S14", use, rules) is { } nbf && nbf > seconds + _tolerance)
            rules.Add("S14", "RFC 7519 section 4.1.5", $"The {use.Name}'s nbf is {nbf - seconds:0.#} s in the future. A proof needs no nbf; leave it out.");
        return now + settings.Options.FutureTolerance + MaxAge + settings.Options.ClockSkew;
    }
}
