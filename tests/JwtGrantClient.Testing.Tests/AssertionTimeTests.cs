using JwtGrantClient.Testing.Tests.TestSupport;

namespace JwtGrantClient.Testing.Tests;

/// <summary>S13, S14 and S15: each limit of an assertion's times, from both sides. The clock stands at <see cref="TestData.Moment"/>.</summary>
public sealed class AssertionTimeTests
{
    // As they stand in the payload; "" leaves the claim out, {n} is the clock's time plus n seconds.
    private static readonly Dictionary<string, (string? Rule, string Exp, string Iat, string Nbf)> Cases = new()
    {
        ["without iat and nbf"] = (null, "{120}", "", ""),
        ["exp missing"] = ("S13", "", "{0}", ""),
        ["exp null"] = ("S13", "null", "{0}", ""),
        ["exp as a string"] = ("S13", "\"{120}\"", "{0}", ""),
        ["exp as a list"] = ("S13", "[{120}]", "{0}", ""),
        ["exp as true"] = ("S13", "true", "{0}", ""),
        ["exp in milliseconds"] = ("S13", "{120}000", "{0}", ""),
        ["exp in microseconds"] = ("S13", "{120}000000", "{0}", ""),
        ["exp beyond what a double holds"] = ("S13", "1e400", "{0}", ""),
        ["exp beyond what a double holds, negative"] = ("S13", "-1e400", "{0}", ""),
        ["exp that a double takes for zero"] = ("S13", "1e-400", "", ""),
        ["exp of zero"] = ("S13", "0", "", ""),
        ["exp negative"] = ("S13", "-1", "", ""),
        ["exp of thirty digits"] = ("S13", "999999999999999999999999999999", "{0}", ""),
        ["exp now"] = ("S13", "{0}", "{-60}", ""),
        ["exp a second ago"] = ("S13", "{-1}", "{-60}", ""),
        ["exp in a second"] = (null, "{1}", "{-60}", ""),
        ["exp in a ten-millionth of a second"] = (null, "{0}.0000001", "{-60}", ""),
        ["exp with a fraction"] = (null, "{120}.5", "{0}", ""),
        ["exp with an exponent"] = (null, "{120}E0", "{0}", ""),
        ["exp a full life ahead"] = (null, "{300}", "", ""),
        ["exp a full life and the tolerance ahead"] = (null, "{310}", "{10}", ""),
        ["exp further than that"] = ("S13", "{311}", "", ""),
        ["exp in ten years"] = ("S13", "{315360000}", "{0}", ""),
        ["iat as a string"] = ("S14", "{120}", "\"{0}\"", ""),
        ["iat in milliseconds"] = ("S14", "{120}", "{0}000", ""),
        ["iat beyond a double"] = ("S14", "{120}", "1e999", ""),
        ["iat with a fraction"] = (null, "{120}", "{0}.123456", ""),
        ["iat ten seconds ahead"] = (null, "{120}", "{10}", ""),
        ["iat a little more ahead"] = ("S14", "{120}", "{10}.0000001", ""),
        ["iat a minute ahead"] = ("S14", "{120}", "{61}", ""),
        ["iat older than a life"] = ("S14", "{1}", "{-301}", ""),
        ["iat as old as a life all but a second"] = (null, "{1}", "{-299}", ""),
        ["exp at iat"] = ("S14", "{5}", "{5}", ""),
        ["exp before iat"] = ("S14", "{4}", "{5}", ""),
        ["nbf as a string"] = ("S14", "{120}", "{0}", "\"{0}\""),
        ["nbf now"] = (null, "{120}", "{0}", "{0}"),
        ["nbf long ago"] = (null, "{120}", "{0}", "0"),
        ["nbf ten seconds ahead"] = (null, "{120}", "{0}", "{10}"),
        ["nbf a little more ahead"] = ("S14", "{120}", "{0}", "{10}.0000001"),
        ["exp at nbf"] = ("S14", "{5}", "{0}", "{5}"),
        ["a life of 300 s"] = (null, "{290}", "{-10}", ""),
        ["a life of a little more"] = ("S15", "{290}.0000001", "{-10}", ""),
        ["a life of 301 s"] = ("S15", "{300}", "{-1}", ""),
    };

    public static TheoryData<string, AssertionRole> CasesInBothUses => TestRows.InBothUses(Cases.Keys);

    [Theory, MemberData(nameof(CasesInBothUses))]
    public async Task Times_are_judged_to_the_tick(string row, AssertionRole use)
    {
        var (rule, exp, iat, nbf) = Cases[row];

        var answer = await TestServer.Start().PresentAsync(WithTimes(exp, iat, nbf), use);

        if (rule is null)
            answer.ShouldBeGranted();
        else
            answer.ShouldBeRefused(use, rule);
    }

    [Theory]
    [InlineData("{120}000"), InlineData("100000000000"), InlineData("100000000000000")]
    public async Task Milliseconds_are_called_by_their_name(string exp) =>
        (await TestServer.Start().PresentAsync(WithTimes(exp, "", ""))).ShouldBeRefused(AssertionRole.Grant, "S13").Saying("milliseconds");

    [Theory]
    [InlineData(4, true), InlineData(5, false)]
    public async Task A_clock_skew_is_granted_after_exp_and_not_a_moment_longer(int secondsAfter, bool accepted)
    {
        var server = TestServer.Start(clock => new() { TimeProvider = clock, ClockSkew = TimeSpan.FromSeconds(5) });
        var jwt = WithTimes("{300}", "{0}", "");
        server.Clock.Advance(TimeSpan.FromSeconds(300 + secondsAfter));

        var answer = await server.PresentAsync(jwt);

        if (accepted)
            answer.ShouldBeGranted();
        else
            answer.ShouldBeRefused(AssertionRole.Grant, "S13").Saying("expired 5 s ago");
    }

    [Fact]
    public async Task The_limits_are_settings()
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
            .Select(claim => $"\"{claim.Item1}\":{At(claim.Item2)}");
        var others = new JwtBuilder().Without("exp").Without("iat").Claims.ToJsonString();
        return new JwtBuilder().PayloadText($"{others[..^1]}{string.Concat(members.Select(member => "," + member))}}}");
    }

    private static string At(string text) =>
        System.Text.RegularExpressions.Regex.Replace(text, @"\{(-?\d+)\}", offset =>
            $"{TestData.Now + long.Parse(offset.Groups[1].Value, null)}");
}
