using System.Text;
using JwtGrantClient.Testing.Tests.TestSupport;

namespace JwtGrantClient.Testing.Tests;

/// <summary>The format of a JWT assertion: compact serialization (RFC 7515 section 3.1) of strict base64url and strict JSON.</summary>
public sealed class AssertionFormatTests
{
    private static readonly Dictionary<string, (string Rule, Func<string> Assertion)> Malformed = new()
    {
        ["not a JWT"] = ("S03", () => "assertion"),
        ["two segments"] = ("S03", () => ValidAssertion()[..ValidAssertion().LastIndexOf('.')]),
        ["four segments"] = ("S03", () => ValidAssertion() + ".AAAA"),
        ["five segments as in a JWE"] = ("S03", () => ValidAssertion() + ".AAAA.AAAA"),
        ["only dots"] = ("S04", () => ".."),
        ["a leading dot"] = ("S03", () => "." + ValidAssertion()),
        ["padding"] = ("S03", () => ValidAssertion() + "=="),
        ["a trailing space"] = ("S03", () => ValidAssertion() + " "),
        ["a space inside"] = ("S03", () => ValidAssertion().Insert(40, " ")),
        ["a line break"] = ("S03", () => ValidAssertion().Insert(40, "\n")),
        ["a trailing line break"] = ("S03", () => ValidAssertion() + "\r\n"),
        ["quotes"] = ("S03", () => $"\"{ValidAssertion()}\""),
        ["braces"] = ("S03", () => $"{{{ValidAssertion()}}}"),
        ["the alphabet of standard base64"] = ("S03", () => ValidAssertion()[..^3] + "+/A"),
        ["a non-ASCII letter"] = ("S03", () => ValidAssertion().Insert(40, "é")),
        ["an impossible base64url length"] = ("S03", () => new JwtBuilder().SignedWith(_ => new byte[3]).Compact() + "A"),
        ["nonzero unused bits in the signature"] = ("S03", () => new JwtBuilder().SignedWith(_ => new byte[1]).Compact()[..^1] + "B"),
        ["nonzero unused bits in the header"] =
            ("S03", () => new JwtBuilder().WithHeaderText("{}").Compact().Replace("e30.", "e31.", StringComparison.Ordinal)),
        ["no header"] = ("S04", () => ValidAssertion()[ValidAssertion().IndexOf('.', StringComparison.Ordinal)..]),
        ["a header that is not JSON"] = ("S04", () => new JwtBuilder().WithHeaderText("alg: RS256").Compact()),
        ["a header that is an array"] = ("S04", () => new JwtBuilder().WithHeaderText("[\"RS256\"]").Compact()),
        ["a payload that is not JSON"] = ("S04", () => new JwtBuilder().WithPayloadText("iss=batch-worker").Compact()),
        ["a payload that is null"] = ("S04", () => new JwtBuilder().WithPayloadText("null").Compact()),
        ["a payload that is a string"] = ("S04", () => new JwtBuilder().WithPayloadText("\"{}\"").Compact()),
        ["a payload with a comment"] = ("S04", () => new JwtBuilder().WithPayloadText("{/**/}").Compact()),
        ["a payload with trailing text"] = ("S04", () => new JwtBuilder().WithPayloadText(new JwtBuilder().Claims.ToJsonString() + "{}").Compact()),
        ["a payload with a byte order mark"] = ("S04", () => new JwtBuilder().WithPayloadBytes([0xEF, 0xBB, 0xBF, .. ValidPayload()]).Compact()),
        ["a payload in UTF-16"] =
            ("S04", () => new JwtBuilder().WithPayloadBytes(Encoding.Unicode.GetBytes(new JwtBuilder().Claims.ToJsonString())).Compact()),
        ["a payload that is not UTF-8"] = ("S04", () => new JwtBuilder().WithPayloadBytes([.. "{\"a\":\""u8, 0xC3, 0x28, .. "\"}"u8]).Compact()),
        ["a lone surrogate"] = ("S04", () => new JwtBuilder().WithLeadingClaim("\"name\":\"\\ud800\"").Compact()),
        ["a lone surrogate in a member name"] = ("S04", () => new JwtBuilder().WithLeadingClaim("\"\\ud800\":1").Compact()),
        ["a payload with 5,000 levels"] =
            ("S04", () => new JwtBuilder().WithLeadingClaim($"\"a\":{new string('[', 5000)}{new string(']', 5000)}").Compact()),
        ["iss twice"] = ("S04", () => new JwtBuilder().WithLeadingClaim("\"iss\":\"other-worker\"").Compact()),
        ["iss twice, once with an escape"] = ("S04", () => new JwtBuilder().WithLeadingClaim("\"\\u0069ss\":\"other-worker\"").Compact()),
        ["alg twice"] = ("S04", () => new JwtBuilder().WithLeadingHeader("\"alg\":\"none\"").Compact()),
        ["a nested member twice"] = ("S04", () => new JwtBuilder().WithLeadingClaim("\"act\":{\"sub\":\"a\",\"sub\":\"b\"}").Compact()),
    };

    public static TheoryData<string, AssertionRole> MalformedInBothRoles => TestRows.InBothRoles(Malformed.Keys);

    [Theory, MemberData(nameof(MalformedInBothRoles))]
    public async Task A_malformed_assertion_is_refused(string testCase, AssertionRole role)
    {
        var server = TestServer.Start();

        var response = await server.PresentAsync(Malformed[testCase].Assertion(), role);

        response.ShouldBeRefused(role, Malformed[testCase].Rule);
        Assert.Equal(0, server.Server.TokensIssued);
    }

    [Theory]
    [InlineData(AssertionRole.Grant), InlineData(AssertionRole.ClientAuthentication)]
    public async Task A_well_formed_assertion_is_accepted(AssertionRole role) =>
        (await TestServer.Start().PresentAsync(ValidAssertion(), role)).ShouldBeGranted();

    [Fact]
    public async Task Unusual_but_valid_JSON_is_accepted()
    {
        var claims = new JwtBuilder().Claims.ToJsonString();

        var response = await TestServer.Start().PresentAsync(new JwtBuilder()
            .WithPayloadText($" \t\r\n{claims[..^1]}, \"\\u006eame\" : \"\\ud83d\\ude00 é\", \"n\":{{\"n\":null}} }}\n"));

        response.ShouldBeGranted();
    }

    [Fact]
    public async Task An_encrypted_JWT_is_refused_with_an_explanation() =>
        (await TestServer.Start().PresentAsync("AAAA.AAAA.AAAA.AAAA.AAAA", AssertionRole.Grant)).ShouldBeRefused(AssertionRole.Grant, "S03").WithExplanation("JWE");

    private static string ValidAssertion() => new JwtBuilder().Compact();

    private static byte[] ValidPayload() => Encoding.UTF8.GetBytes(new JwtBuilder().Claims.ToJsonString());
}
