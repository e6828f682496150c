using System.Globalization;
using System.Xml;
using JwtGrantClient.Testing.Validation;

namespace JwtGrantClient.Testing.Saml;

/// <summary>Reads and checks the times of an assertion, which are in UTC (SAML Core section 1.3.3).</summary>
internal sealed class SamlTimes(ServerSettings settings)
{
    private static readonly string[] Formats = ["yyyy-MM-dd'T'HH:mm:ss'Z'", "yyyy-MM-dd'T'HH:mm:ss.FFFFFFF'Z'"];

    /// <summary>Returns the time in the attribute; null if it is missing.</summary>
    public static DateTimeOffset? Read(XmlElement element, string attribute, string rule = "X07")
    {
        if (element.Attribute(attribute) is not { } text)
            return null;
        return DateTimeOffset.TryParseExact(
            text, Formats, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var instant)
            ? instant
            : throw SamlRefusal.Create(rule, "SAML Core section 1.3.3",
                $"The {element.LocalName}'s {attribute} is '{text}'; expected a time in UTC such as 2026-11-23T09:00:00Z.");
    }

    /// <summary>Returns why the current time is not between the element's NotBefore and NotOnOrAfter; null if it is.</summary>
    public string? FindProblem(XmlElement element, string rule)
    {
        var (start, end, now) = (Read(element, "NotBefore", rule), Read(element, "NotOnOrAfter", rule), settings.Now);
        var tolerance = settings.Options.FutureTolerance;
        return end <= start ? $"The {element.LocalName}'s NotOnOrAfter is not after its NotBefore."
            : now - end >= settings.Options.ClockSkew
                ? $"The {element.LocalName} ended {Seconds(now - end)} s ago by this server's clock. Compare the clocks, and create the assertion just before you send it."
            : start - now > tolerance
                ? $"The {element.LocalName}'s NotBefore is {Seconds(start - now)} s in the future; at most {tolerance.TotalSeconds} s are accepted. Compare the clocks."
            : null;
    }

    /// <summary>Checks the lifetime of the assertion, from its IssueInstant to its end.</summary>
    public void CheckLifetime(XmlElement assertion, DateTimeOffset end)
    {
        var issued = Read(assertion, "IssueInstant")
            ?? throw SamlRefusal.Create("X07", "SAML Core section 2.3.3", "The assertion has no IssueInstant.");
        var (now, maximum, tolerance) = (settings.Now, settings.Options.MaxAssertionLifetime, settings.Options.FutureTolerance);
        if (issued - now > tolerance)
            throw SamlRefusal.Create("X07", "SAML Core section 2.3.3",
                $"The IssueInstant is {Seconds(issued - now)} s in the future; at most {tolerance.TotalSeconds} s are accepted. Compare the clocks.");
        if (end - issued > maximum)
            throw SamlRefusal.Create("X07", "item 6",
                $"The assertion's lifetime is {Seconds(end - issued)} s from its IssueInstant; at most {maximum.TotalSeconds} s are accepted.");
    }

    private static string Seconds(TimeSpan? span) => span!.Value.TotalSeconds.ToString("0.#", CultureInfo.InvariantCulture);
}
