using System.Globalization;
using System.Xml;
using JwtGrantClient.Testing.Validation;

namespace JwtGrantClient.Testing.Saml;

/// <summary>The times of an assertion (X07), in UTC (SAML Core section 1.3.3).</summary>
internal sealed class SamlTimes(ServerSettings terms)
{
    private static readonly string[] Formats = ["yyyy-MM-dd'T'HH:mm:ss'Z'", "yyyy-MM-dd'T'HH:mm:ss.FFFFFFF'Z'"];

    /// <summary>The attribute's instant; null where it is missing.</summary>
    public static DateTimeOffset? Read(XmlElement element, string attribute, string rule = "X07")
    {
        if (element.Text(attribute) is not { } text)
            return null;
        return DateTimeOffset.TryParseExact(
            text, Formats, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var instant)
            ? instant
            : throw SamlRefusal.Create(rule, "SAML Core section 1.3.3",
                $"The {element.LocalName}'s {attribute} is '{text}'; expected a time in UTC such as 2026-11-23T09:00:00Z.");
    }

    /// <summary>Why now is not within the element's NotBefore and NotOnOrAfter; null where it is.</summary>
    public string? Problem(XmlElement element, string rule)
    {
        var (start, end, now) = (Read(element, "NotBefore", rule), Read(element, "NotOnOrAfter", rule), terms.Now);
        var tolerance = terms.Options.FutureTolerance;
        return end <= start ? $"The {element.LocalName}'s NotOnOrAfter is not after its NotBefore."
            : now - end >= terms.Options.ClockSkew
                ? $"The {element.LocalName} ended {Seconds(now - end)} s ago by this server's clock. Compare the clocks; make the " +
                    "assertion when it is needed."
            : start - now > tolerance
                ? $"The {element.LocalName}'s NotBefore lies {Seconds(start - now)} s in the future; {tolerance.TotalSeconds} s are " +
                    "tolerated. Compare the clocks."
            : null;
    }

    /// <summary>The life of the whole, from its issue to its end.</summary>
    public void CheckLife(XmlElement assertion, DateTimeOffset end)
    {
        var issued = Read(assertion, "IssueInstant") ?? throw SamlRefusal.Create("X07", "SAML Core section 2.3.3", "The assertion has no " +
            "IssueInstant.");
        var (now, longest, tolerance) = (terms.Now, terms.Options.MaxAssertionLifetime, terms.Options.FutureTolerance);
        if (issued - now > tolerance)
            throw SamlRefusal.Create("X07", "SAML Core section 2.3.3",
                $"The IssueInstant lies {Seconds(issued - now)} s in the future; {tolerance.TotalSeconds} s are tolerated. Compare the " +
                "clocks.");
        if (end - issued > longest)
            throw SamlRefusal.Create("X07", "item 6",
                $"The assertion lives {Seconds(end - issued)} s from its IssueInstant; at most {longest.TotalSeconds} s are accepted.");
    }

    private static string Seconds(TimeSpan? span) => span!.Value.TotalSeconds.ToString("0.#", CultureInfo.InvariantCulture);
}
