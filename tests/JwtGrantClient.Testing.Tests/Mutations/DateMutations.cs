using System.Globalization;
using JwtGrantClient.Testing.Tests.TestSupport;

namespace JwtGrantClient.Testing.Tests.Mutations;

/// <summary>Changes a date to another number, in the ways in which a program writes one.</summary>
internal static class DateMutations
{
    private static readonly (string Name, string Rule, Func<long, string> Write)[] OfAll =
    [
        ("in milliseconds", "date", date => $"{date}000"), ("in microseconds", "date", date => $"{date}000000"), ("in nanoseconds", "date", date => $"{date}000000000"),
        ("with thirty digits", "date", date => $"{date}{new string('9', 20)}"), ("1e400", "date", _ => "1e400"), ("as a string", "date", date => $"\"{date}\""),
        ("as a date text", "date", _ => "\"2026-11-23T09:02:00Z\""), ("as an HTTP date", "date", _ => "\"Mon, 23 Nov 2026 09:02:00 GMT\""),
        ("with a plus sign", "S04", date => $"+{date}"), ("with a leading zero", "S04", date => $"0{date}"), ("in hexadecimal", "S04", date => $"0x{date:x}"),
        ("with separators", "S04", date => date.ToString("N0", CultureInfo.InvariantCulture)), ("with underscores", "S04", date => $"{date}_0"), ("with a suffix", "S04", date => $"{date}L"),
        ("with a point at its end", "S04", date => $"{date}."), ("with a comma", "S04", date => $"{date},5"), ("NaN", "S04", _ => "NaN"), ("Infinity", "S04", _ => "Infinity"),
        ("-Infinity", "S04", _ => "-Infinity"), ("undefined", "S04", _ => "undefined"), ("True", "S04", _ => "True"), ("new Date()", "S04", _ => "new Date()"),
        ("empty", "S04", _ => ""), ("in full width", "S04", date => string.Concat($"{date}".Select(c => (char)(c + 0xFEE0)))), ("in Arabic digits", "S04", date => string.Concat($"{date}".Select(c => (char)(c - '0' + 0x660)))),
    ];

    private static readonly (string Claim, string Name, string Value, string Rule)[] OfOne =
    [
        ("exp", "now", $"{TestData.Now}", "S13"), ("exp", "one second ago", $"{TestData.Now - 1}", "S13"), ("exp", "0", "0", "S13"), ("exp", "-1", "-1", "S13"), ("exp", "-0", "-0", "S13"),
        ("exp", "1e3", "1e3", "S13"), ("exp", "1e-400", "1e-400", "S13"), ("exp", "-1e400", "-1e400", "S13"), ("exp", "in 311 s", $"{TestData.Now + 311}", "S13"), ("exp", "in a year", $"{TestData.Now + 31_536_000}", "S13"),
        ("exp", "in the year 9999", "253402300799", "S13"), ("exp", "301 s after iat", $"{TestData.Now + 301}", "S15"),
        ("iat", "eleven seconds ahead", $"{TestData.Now + 11}", "S14"), ("iat", "an hour ahead", $"{TestData.Now + 3600}", "S14"), ("iat", "an hour ago", $"{TestData.Now - 3600}", "S14"), ("iat", "301 s ago", $"{TestData.Now - 301}", "S14"),
        ("iat", "300 s ago", $"{TestData.Now - 300}", "S15"), ("iat", "-1", "-1", "S14"), ("iat", "0", "0", "S14"), ("iat", "in the year 9999", "253402300799", "S14"),
        ("nbf", "eleven seconds ahead", $"{TestData.Now + 11}", "S14"), ("nbf", "an hour ahead", $"{TestData.Now + 3600}", "S14"), ("nbf", "in the year 9999", "253402300799", "S14"),
    ];

    private static readonly (string Claim, string Name, string Value, string Reason)[] HarmlessOnes =
    [
        ("exp", "with a fraction", $"{TestData.Now + 120}.5", "A date may have a fraction (RFC 7519 section 2)."),
        ("exp", "with an exponent", $"{TestData.Now + 120}E0", "It is the same JSON number."), ("exp", "with zeros after the point", $"{TestData.Now + 120}.000", "It is the same JSON number."),
        ("iat", "ten seconds ahead", $"{TestData.Now + 10}", "Clocks differ."), ("iat", "one second ago", $"{TestData.Now - 1}", "It is a past date."), ("nbf", "0", "0", "It is a past date."),
        ("nbf", "-1", "-1", "It is a past date."), ("nbf", "an hour ago", $"{TestData.Now - 3600}", "It is a past date."),
    ];

    public static IEnumerable<Mutation> Create(Subject subject)
    {
        foreach (var claim in new[] { "exp", "iat", "nbf" })
            foreach (var (name, rule, write) in OfAll)
                yield return subject.Refused($"{claim} {name}", With(claim, write((long)Subject.Claims[claim]!)), rule == "date" ? claim == "exp" ? "S13" : "S14" : rule);
        foreach (var (claim, name, value, rule) in OfOne)
            yield return subject.Refused($"{claim} {name}", With(claim, value), rule);
        foreach (var (claim, name, value, reason) in HarmlessOnes)
            yield return subject.Harmless($"{claim} {name}", With(claim, value), reason);
    }

    private static string With(string claim, string value) => Subject.Sign(
        Subject.HeaderText, Subject.ClaimsText.Replace($"\"{claim}\":{Subject.Claims[claim]}", $"\"{claim}\":{value}", StringComparison.Ordinal));
}
