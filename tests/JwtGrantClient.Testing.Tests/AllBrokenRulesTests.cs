using JwtGrantClient.Testing.Tests.TestSupport;

namespace JwtGrantClient.Testing.Tests;

/// <summary>A refusal reports all rules that a JWT breaks: the first one decides the error, the others are in <see cref="Refusal.AlsoBroken"/>.</summary>
public sealed class AllBrokenRulesTests
{
    private static readonly Dictionary<string, (string[] Rules, Func<string> Assertion)> Cases = new()
    {
        ["one rule"] = (["S12"], () => new JwtBuilder().Without("aud").Compact()),
        ["two header rules"] = (["S05", "S09"], () => new JwtBuilder().WithHeader("b64", true).WithHeader("typ", "at+jwt").Compact()),
        ["header, signature and claims"] = (["S09", "S08", "S12", "S13"], () =>
            new JwtBuilder().WithHeader("typ", "at+jwt").WithClaim("aud", "x").WithClaim("exp", TestData.Now - 1).SignedWith(_ => []).Compact()),
        ["each claim"] = (["S12", "S13", "S14", "S14", "S16"], () => new JwtBuilder().Without("aud").WithClaim("exp", "x").WithClaim("iat", "x")
            .WithClaim("nbf", "x").WithClaim("jti", 1).Compact()),
        ["no algorithm, so no signature"] = (["S06", "S12"], () => new JwtBuilder().Without("alg").Without("aud").SignedWith(_ => []).Compact()),
        ["no kid that fits, so no signature"] = (["S07", "S12"], () => new JwtBuilder().WithHeader("kid", "x").Without("aud").SignedWith(_ => []).Compact()),
        ["an unknown issuer, so no key"] = (["S10", "S12"], () => new JwtBuilder().WithClaim("iss", "x").WithClaim("sub", "x").Without("aud").Compact()),
        ["a header that is not JSON"] = (["S04", "S12"], () => new JwtBuilder().WithHeaderText("{").Without("aud").Compact()),
        ["a payload that is not JSON"] = (["S04", "S09"], () => new JwtBuilder().WithPayloadText("{").WithHeader("typ", "at+jwt").Compact()),
        ["header and payload that are not JSON"] = (["S04", "S04"], () => new JwtBuilder().WithHeaderText("{").WithPayloadText("[]").Compact()),
        ["padding in the signature"] = (["S03", "S12"], () => new JwtBuilder().Without("aud").Compact() + "=="),
        ["an exp in ten years is not a lifetime too"] = (["S13"], () => new JwtBuilder().WithClaim("exp", TestData.Now + 315_360_000).Compact()),
    };

    public static TheoryData<string, AssertionRole> CasesInBothRoles => TestRows.InBothRoles(Cases.Keys);

    [Theory, MemberData(nameof(CasesInBothRoles))]
    public async Task All_broken_rules_are_reported_in_the_order_of_the_checks(string testCase, AssertionRole role)
    {
        var (rules, create) = Cases[testCase];

        var response = await TestServer.Start().PresentAsync(create(), role);

        var refusal = response.ShouldBeRefused(role, rules[0]).Refusal!;
        Assert.Equal(rules[1..], refusal.AlsoBroken.Select(rule => rule.Rule));
        Assert.All(refusal.AlsoBroken, rule => Assert.True(rule.Clause.Length > 0 && rule.Explanation.EndsWith('.'), rule.ToString()));
    }

    [Fact]
    public async Task The_error_description_names_the_other_rules()
    {
        var response = await TestServer.Start().PresentAsync(new JwtBuilder().Without("aud").Without("jti"));

        Assert.EndsWith("(S12, RFC 7523 section 3 item 3, RFC 10070) Also broken: S16.", response["error_description"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_assertion_that_breaks_a_rule_does_not_use_up_its_jti()
    {
        var server = TestServer.Start();
        JwtBuilder CreateJwt() => new JwtBuilder().WithClaim("jti", "0123456789abcdef");

        (await server.PresentAsync(CreateJwt().WithClaim("aud", "x"))).ShouldBeRefused(AssertionRole.Grant, "S12");
        (await server.PresentAsync(CreateJwt())).ShouldBeGranted();
        var replay = (await server.PresentAsync(CreateJwt().WithClaim("aud", "x"))).ShouldBeRefused(AssertionRole.Grant, "S12");

        Assert.Equal(["S16"], replay.Refusal!.AlsoBroken.Select(rule => rule.Rule));
    }

    [Fact]
    public async Task Untrusted_input_in_other_explanations_is_quoted_without_control_characters_and_at_bounded_length()
    {
        var response = await TestServer.Start().PresentAsync(new JwtBuilder().WithHeader("typ", "x").WithClaim("aud", "\u001b\r\n" + new string('x', 5000)));

        var explanation = Assert.Single(response.ShouldBeRefused(AssertionRole.Grant, "S09").Refusal!.AlsoBroken).Explanation;
        Assert.DoesNotContain(explanation, char.IsControl);
        Assert.InRange(explanation.Length, 100, 700);
    }

    [Fact]
    public async Task Without_other_broken_rules_the_list_is_empty() =>
        Assert.Empty((await TestServer.Start().PostAsync(("grant_type", "x"))).ShouldBeRefused(400, "unsupported_grant_type", "S17").Refusal!.AlsoBroken);
}
