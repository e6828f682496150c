using System.Globalization;

namespace JwtGrantClient.Protocol;

/// <summary>A time in messages and logs: ISO 8601 in UTC, whatever the culture, so that lines of several machines can be compared and sorted.</summary>
internal sealed class UtcTime(DateTimeOffset value) : IFormattable
{
    public override string ToString() => value.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    public string ToString(string? format, IFormatProvider? formatProvider) => ToString();
}
