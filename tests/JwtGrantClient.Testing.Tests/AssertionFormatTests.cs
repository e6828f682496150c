using System.Text;
using JwtGrantClient.Testing.Tests.TestSupport;

namespace JwtGrantClient.Testing.Tests;

/// <summary>S03 and S04: what is not to the letter a JWT in compact form is refused before anything in it is believed.</summary>
public sealed class AssertionFormatTests
{
    private static readonly Dictionary<string, (string Rule, Func<string> Assertion)> Malformed = new()
    {
        ["a word"] = ("S03", () => "assertion"),
        ["two segments"] = ("S03", () => Good()[..Good().LastIndexOf('.')]),
        ["four segments"] = ("S03", () => Good() + ".AAAA"),
        ["five segments, a JWE"] = ("S03", () => Good() + ".AAAA.AAAA"),
        ["dots alone"] = ("S04", () => ".."),
        ["a leading dot"] = ("S03", () => "." + Good()),
        ["padding"] = ("S03", () => Good() + "=="),
        ["a space behind"] = ("S03", () => Good() + " "),
        ["a space inside"] = ("S03", () => Good().Insert(40, " ")),
        ["a line break"] = ("S03", () => Good().Insert(40, "\n")),
        ["a line break at the end"] = ("S03", () => Good() + "\r\n"),
        ["quotes"] = ("S03", () => $"\"{Good()}\""),
        ["braces"] = ("S03", () => $"{{{Good()}}}"),
        ["the alphabet of plain base64"] = ("S03", () => Good()[..^3] + "+/A"),
        ["a letter beyond ASCII"] = ("S03", () => Good().Insert(40, "é")),
        ["a length that no bytes have"] = ("S03", () => new JwtBuilder().Signed(_ => new byte[3]).Compact() + "A"),
        ["spare bits that are not zero"] = ("S03", () => new JwtBuilder().Signed(_ => new byte[1]).Compact()[..^1] + "B"),
        ["spare bits in the header"] =
            ("S03", () => new JwtBuilder().HeaderText("{}").Compact().Replace("e30.", "e31.", StringComparison.Ordinal)),
        ["no header"] = ("S04", () => Good()[Good().IndexOf('.', StringComparison.Ordinal)..]),
        ["a header that is no JSON"] = ("S04", () => new JwtBuilder().HeaderText("alg: RS256").Compact()),
        ["a header that is an array"] = ("S04", () => new JwtBuilder().HeaderText("[\"RS256\"]").Compact()),
        ["a payload that is no JSON"] = ("S04", () => new JwtBuilder().PayloadText("iss=batch-worker").Compact()),
        ["a payload that is null"] = ("S04", () => new JwtBuilder().PayloadText("null").Compact()),
        ["a payload that is a string"] = ("S04", () => new JwtBuilder().PayloadText("\"{}\"").Compact()),
        ["a payload with a comment"] = ("S04", () => new JwtBuilder().PayloadText("{/**/}").Compact()),
        ["a payload with something behind"] = ("S04", () => new JwtBuilder().PayloadText(new JwtBuilder().Claims.ToJsonString() + "{}").Compact()),
        ["a payload with a byte order mark"] = ("S04", () => new JwtBuilder().PayloadBytes([0xEF, 0xBB, 0xBF, .. PayloadBytes()]).Compact()),
        ["a payload in UTF-16"] =
            ("S04", () => new JwtBuilder().PayloadBytes(Encoding.Unicode.GetBytes(new JwtBuilder().Claims.ToJsonString())).Compact()),
        ["a payload that is not UTF-8"] = ("S04", () => new JwtBuilder().PayloadBytes([.. "{\"a\":\""u8, 0xC3, 0x28, .. "\"}"u8]).Compact()),
        ["half a surrogate pair"] = ("S04", () => new JwtBuilder().ClaimFirst("\"name\":\"\\ud800\"").Compact()),
        ["half a surrogate pair in a name"] = ("S04", () => new JwtBuilder().ClaimFirst("\"\\ud800\":1").Compact()),
        ["a payload nested without end"] =
            ("S04", () => new JwtBuilder().ClaimFirst($"\"a\":{new string('[', 5000)}{new string(']', 5000)}").Compact()),
        ["iss twice"] = ("S04", () => new JwtBuilder().ClaimFirst("\"iss\":\"other-worker\"").Compact()),
        ["iss twice, once escaped"] = ("S04", () => new JwtBuilder().ClaimFirst("\"\\u0069ss\":\"other-worker\"").Compact()),
        ["alg twice"] = ("S04", () => new JwtBuilder().HeadFirst("\"alg\":\"none\"").Compact()),
        ["a nested member twice"] = ("S04", () => new JwtBuilder().ClaimFirst("\"act\":{\"sub\":\"a\",\"sub\":\"b\"}").Compact()),
    };

    public static TheoryData<string, AssertionRole> MalformedInBothUses => TestRows.InBothUses(Malformed.Keys);

    [Theory, MemberData(nameof(MalformedInBothUses))]
    public async Task What_is_malformed_is_refused(string row, AssertionRole use)
    {
        var server = TestServer.Start();

        var answer = await server.PresentAsync(Malformed[row].Assertion(), use);

        answer.ShouldBeRefused(use, Malformed[row].Rule);
        Assert.Equal(0, server.Server.TokensIssued);
    }

    [Theory]
    [InlineData(AssertionRole.Grant), InlineData(AssertionRole.ClientAuthentication)]
    public async Task What_is_well_formed_is_accepted(AssertionRole use) =>
        (await TestServer.Start().PresentAsync(Good(), use)).ShouldBeGranted();

    [Fact]
    public async Task Unusual_json_is_accepted_where_it_is_json()
    {
        var claims = new JwtBuilder().Claims.ToJsonString();

        var answer = await TestServer.Start().PresentAsync(new JwtBuilder()
            .PayloadText($" \t\r\n{claims[..^1]}, \"\\u006eame\" : \"\\ud83d\\ude00 é\", \"n\":{{\"n\":null}} }}\n"));

        answer.ShouldBeGranted();
    }

    [Fact]
    public async Task An_encrypted_JWT_is_told_from_a_signed_one() =>
        (await TestServer.Start().PresentAsync("AAAA.AAAA.AAAA.AAAA.AAAA", AssertionRole.Grant)).ShouldBeRefused(AssertionRole.Grant, "S03").Saying("JWE");

    private static string Good() => new JwtBuilder().Compact();

    private static byte[] PayloadBytes() => Encoding.UTF8.GetBytes(new JwtBuilder().Claims.ToJsonString());
}
