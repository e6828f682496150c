using JwtGrantClient.Testing.Tests.TestSupport;

namespace JwtGrantClient.Testing.Tests;

/// <summary>The validation of exp, iat and nbf, on both sides of each limit. The clock is at <see cref="TestData.StartTime"/>.</summary>
public sealed class AssertionTimeTests
{
    // The JSON text of each claim. "" omits the claim, {n} is the current time plus n seconds.
    private static readonly Dictionary<string, (string? Rule, string Exp, string Iat, string Nbf)> Cases = new()
    {
        ["without iat and nbf"] = (null, "{120}", "", ""),
        ["exp is missing"] = ("S13", "", "{0}", ""),
        ["exp is null"] = ("S13", "null", "{0}", ""),
        ["exp is a string"] = ("S13", "\"{120}\"", "{0}", ""),
        ["exp is a list"] = ("S13", "[{120}]", "{0}", ""),
        ["exp is true"] = ("S13", "true", "{0}", ""),
        ["exp is in milliseconds"] = ("S13", "{120}000", "{0}", ""),
        ["exp is in microseconds"] = ("S13", "{120}000000", "{0}", ""),
        ["exp above the range of a double"] = ("S13", "1e400", "{0}", ""),
        ["exp below the range of a double"] = ("S13", "-1e400", "{0}", ""),
        ["exp that a double rounds to zero"] = ("S13", "1e-400", "", ""),
        ["exp is zero"] = ("S13", "0", "", ""),
        ["exp is negative"] = ("S13", "-1", "", ""),
        ["exp has thirty digits"] = ("S13", "999999999999999999999999999999", "{0}", ""),
        ["exp is now"] = ("S13", "{0}", "{-60}", ""),
        ["exp one second ago"] = ("S13", "{-1}", "{-60}", ""),
        ["exp in one second"] = (null, "{1}", "{-60}", ""),
        ["exp in one tick"] = (null, "{0}.0000001", "{-60}", ""),
        ["exp with a fraction"] = (null, "{120}.5", "{0}", ""),
        ["exp with an exponent"] = (null, "{120}E0", "{0}", ""),
        ["exp at the maximum lifetime"] = (null, "{300}", "", ""),
        ["exp at the maximum lifetime plus the tolerance"] = (null, "{310}", "{10}", ""),
        ["exp after the maximum lifetime plus the tolerance"] = ("S13", "{311}", "", ""),
        ["exp in ten years"] = ("S13", "{315360000}", "{0}", ""),
        ["iat is a string"] = ("S14", "{120}", "\"{0}\"", ""),
        ["iat is in milliseconds"] = ("S14", "{120}", "{0}000", ""),
        ["iat above the range of a double"] = ("S14", "{120}", "1e999", ""),
        ["iat with a fraction"] = (null, "{120}", "{0}.123456", ""),
        ["iat ten seconds in the future"] = (null, "{120}", "{10}", ""),
        ["iat one tick more than ten seconds in the future"] = ("S14", "{120}", "{10}.0000001", ""),
        ["iat a minute in the future"] = ("S14", "{120}", "{61}", ""),
        ["iat older than the maximum lifetime"] = ("S14", "{1}", "{-301}", ""),
        ["iat one second newer than the maximum lifetime"] = (null, "{1}", "{-299}", ""),
        ["exp equal to iat"] = ("S14", "{5}", "{5}", ""),
        ["exp before iat"] = ("S14", "{4}", "{5}", ""),
        ["nbf is a string"] = ("S14", "{120}", "{0}", "\"{0}\""),
        ["nbf is now"] = (null, "{120}", "{0}", "{0}"),
        ["nbf long ago"] = (null, "{120}", "{0}", "0"),
        ["nbf before 1970"] = (null, "{120}", "{0}", "-1"),
        ["iat before 1970"] = ("S14", "{120}", "-1", ""),
        ["nbf in the year 9999"] = ("S14", "{120}", "{0}", "253402300799"),
        ["nbf ten seconds in the future"] = (null, "{120}", "{0}", "{10}"),
        ["nbf one tick more than ten seconds in the future"] = ("S14", "{120}", "{0}", "{10}.0000001"),
        ["exp equal to nbf"] = ("S14", "{5}", "{0}", "{5}"),
        ["a lifetime of 300 s"] = (null, "{290}", "{-10}", ""),
        ["a lifetime of 300 s and one tick"] = ("S15", "{290}.0000001", "{-10}", ""),
        ["a lifetime of 301 s"] = ("S15", "{300}", "{-1}", ""),
    };

    public static TheoryData<string, AssertionRole> CasesInBothRoles => TestRows.InBothRoles(Cases.Keys);

    [Theory, MemberData(nameof(CasesInBothRoles))]
    public async Task Time_claims_are_validated_to_the_tick(string testCase, AssertionRole role)
    {
        var (rule, exp, iat, nbf) = Cases[testCase];

        var response = await TestServer.Start().PresentAsync(WithTimes(exp, iat, nbf), role);

        if (rule is null)
            response.ShouldBeGranted();
        else
            response.ShouldBeRefused(role, rule);
    }

    [Theory]
    [InlineData("{120}000", "a number of milliseconds; expected seconds"), InlineData("{120}000000", "a number of microseconds")]
    [InlineData("{120}000000000", "a number of nanoseconds"), InlineData("{120}000000000000", "after the year 9999"), InlineData("1e400", "after the year 9999")]
    [InlineData("253402300800", "a number of milliseconds"), InlineData("253402300799", "expires in 251606876399 s; at most 300 s")]
    [InlineData("-1", "expired 1795424401 s ago"), InlineData("-1e400", "expired 1000000"), InlineData("\"{120}\"", "as a JSON string; expected a number")]
    [InlineData("null", "as a JSON null"), InlineData("", "has no exp")]
    public async Task The_explanation_says_what_is_wrong_with_exp(string exp, string explanation) =>
        (await TestServer.Start().PresentAsync(WithTimes(exp, "", ""))).ShouldBeRefused(AssertionRole.Grant, "S13").WithExplanation(explanation);

    [Theory]
    [InlineData(4, true), InlineData(5, false)]
    public async Task An_expired_assertion_is_accepted_within_the_clock_skew_only(int secondsAfter, bool accepted)
    {
        var server = TestServer.Start(clock => new() { TimeProvider = clock, ClockSkew = TimeSpan.FromSeconds(5) });
        var jwt = WithTimes("{300}", "{0}", "");
        server.Clock.Advance(TimeSpan.FromSeconds(300 + secondsAfter));

        var response = await server.PresentAsync(jwt);

        if (accepted)
            response.ShouldBeGranted();
        else
            response.ShouldBeRefused(AssertionRole.Grant, "S13").WithExplanation("expired 5 s ago");
    }

    [Fact]
    public async Task The_time_limits_of_assertions_are_configurable()
    {
        var server = TestServer.Start(clock => new()
        {
            TimeProvider = clock, MaxAssertionLifetime = TimeSpan.FromSeconds(60), FutureTolerance = TimeSpan.Zero,
        });

        (await server.PresentAsync(WithTimes("{60}", "{0}", ""))).ShouldBeGranted();
        (await server.PresentAsync(WithTimes("{61}", "", ""))).ShouldBeRefused(AssertionRole.Grant, "S13");
        (await server.PresentAsync(WithTimes("{60}", "{-1}", ""))).ShouldBeRefused(AssertionRole.Grant, "S15");
        (await server.PresentAsync(WithTimes("{60}", "{1}", ""))).ShouldBeRefused(AssertionRole.Grant, "S14");
    }

    private static JwtBuilder WithTimes(string exp, string iat, string nbf)
    {
        var members = new[] { ("exp", exp), ("iat", iat), ("nbf", nbf) }.Where(claim => claim.Item2.Length > 0)
            .Select(claim => $"\"{claim.Item1}\":{ExpandOffsets(claim.Item2)}");
        var others = new JwtBuilder().Without("exp").Without("iat").Claims.ToJsonString();
        return new JwtBuilder().WithPayloadText($"{others[..^1]}{string.Concat(members.Select(member => "," + member))}}}");
    }

    private static string ExpandOffsets(string text) =>
        System.Text.RegularExpressions.Regex.Replace(text, @"\{(-?\d+)\}", offset =>
            $"{TestData.Now + long.Parse(offset.Groups[1].Value, null)}");
}
