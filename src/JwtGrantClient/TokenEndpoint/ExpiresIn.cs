using System.Globalization;
using System.Text.Json;
using JwtGrantClient.Protocol;

namespace JwtGrantClient.TokenEndpoint;

/// <summary>
/// Reads <c>expires_in</c>: seconds as a JSON number, in whatever notation, or as a string of digits. Clamped to 0 and ten years, so that
/// no server's number overflows a date.
/// </summary>
internal static class ExpiresIn
{
    private const double MaximumSeconds = 10 * 365.25 * 24 * 60 * 60;

    public static bool TryRead(JsonElement member, out TimeSpan lifetime)
    {
        var seconds = member.ValueKind switch
        {
            // GetDouble reads 3600.0, 1e3 and 1e99 alike; a literal beyond double's range comes out infinite and is clamped.
            JsonValueKind.Number => member.TryGetDouble(out var number) ? number : double.NaN,
            JsonValueKind.String => Parse(member.Text()),
            _ => double.NaN,
        };
        lifetime = double.IsNaN(seconds) ? default : TimeSpan.FromSeconds(Math.Clamp(Math.Floor(seconds), 0, MaximumSeconds));
        return !double.IsNaN(seconds);
    }

    private static double Parse(string? text)
    {
        const NumberStyles Digits = NumberStyles.AllowDecimalPoint | NumberStyles.AllowLeadingSign;
        // Whatever the styles, TryParse knows the word Infinity; digits that overflow are infinite too, and are clamped.
        return double.TryParse(text, Digits, CultureInfo.InvariantCulture, out var number) && text.AsSpan().ContainsAnyInRange('0', '9')
            ? number
            : double.NaN;
    }
}
