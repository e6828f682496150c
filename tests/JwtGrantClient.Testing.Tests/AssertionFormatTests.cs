using System.Text;
using JwtGrantClient.Testing.Tests.TestSupport;

namespace JwtGrantClient.Testing.Tests;

/// <summary>The format of a JWT assertion: compact serialization (RFC 7515 section 3.1) of strict base64url and strict JSON.</summary>
public sealed class AssertionFormatTests
{
    private static readonly Dictionary<string, (string Rule, string Cause, Func<string> Assertion)> Malformed = new()
    {
        ["not a JWT"] = ("S03", "has no dot", () => "assertion"),
        ["two segments"] = ("S03", "has 2 segments", () => ValidAssertion()[..ValidAssertion().LastIndexOf('.')]),
        ["four segments"] = ("S03", "has 4 segments", () => ValidAssertion() + ".AAAA"),
        ["five segments as in a JWE"] = ("S03", "five segments, so it is encrypted (JWE)", () => ValidAssertion() + ".AAAA.AAAA"),
        ["only dots"] = ("S03", "has an empty header", () => ".."),
        ["a leading dot"] = ("S03", "has 4 segments", () => "." + ValidAssertion()),
        ["an empty text"] = ("S03", "is empty", () => " "),
        ["two JWTs with a space between them"] = ("S03", "contains two JWTs. Send one.", () => $"{ValidAssertion()} {ValidAssertion()}"),
        ["two JWTs with a comma between them"] = ("S03", "contains two JWTs", () => $"{ValidAssertion()},{ValidAssertion()}"),
        ["two JWTs with a dot between them"] = ("S03", "contains two JWTs", () => $"{ValidAssertion()}.{ValidAssertion()}"),
        ["two JWTs with nothing between them"] = ("S03", "contains two JWTs", () => ValidAssertion() + ValidAssertion()),
        ["the scheme Bearer"] = ("S03", "begins with the scheme 'Bearer'", () => $"Bearer {ValidAssertion()}"),
        ["percent-encoding"] = ("S03", "it was percent-encoded twice", () => ValidAssertion() + "%0A"),
        ["padding inside"] = ("S03", "the padding '=' at offset 40, inside", () => ValidAssertion().Insert(40, "=")),
        ["no payload"] = ("S03", "has an empty payload", () => $"{ValidAssertion().Split('.')[0]}..{ValidAssertion().Split('.')[2]}"),
        ["a comma after the last member"] = ("S04", "a payload that has a comma after the last member", () => WithPayload("{\"iss\":\"a\",}")),
        ["a comma after the last value"] = ("S04", "has a comma after the last member or value", () => WithPayload("{\"aud\":[\"a\",]}")),
        ["two commas"] = ("S04", "a comma at byte 7 separates nothing", () => WithPayload("{\"a\":1,,\"b\":2}")),
        ["no comma"] = ("S04", "is not JSON: unexpected '\"' at byte 7", () => WithPayload("{\"a\":1 \"b\":2}")),
        ["no end"] = ("S04", "it ends before the object is complete", () => WithPayload("{\"a\":1")),
        ["a single quote"] = ("S04", "a single quote at byte 4", () => WithPayload("{\n\n 'a':1}")),
        ["a control character in a string"] = ("S04", "unexpected byte 0x0A at byte 7", () => WithPayload("{\"a\":\"b\n\"}")),
        ["NaN"] = ("S04", "unexpected 'N' at byte 5", () => WithPayload("{\"a\":NaN}")),
        ["a leading zero"] = ("S04", "is not JSON", () => WithPayload("{\"a\":01}")),
        ["33 levels"] = ("S04", "has more than 32 levels", () => WithPayload($"{{\"a\":{new string('[', 32)}{new string(']', 32)}}}")),
        ["padding"] = ("S03", "a signature that ends with the padding '='", () => ValidAssertion() + "=="),
        ["a trailing space"] = ("S03", "a signature that has white space (U+0020)", () => ValidAssertion() + " "),
        ["a space inside"] = ("S03", "white space (U+0020) at offset", () => ValidAssertion().Insert(40, " ")),
        ["a line break"] = ("S03", "white space (U+000A) at offset", () => ValidAssertion().Insert(40, "\n")),
        ["a trailing line break"] = ("S03", "white space (U+000D)", () => ValidAssertion() + "\r\n"),
        ["quotes"] = ("S03", "begins with the quote", () => $"\"{ValidAssertion()}\""),
        ["braces"] = ("S03", "is JSON", () => $"{{{ValidAssertion()}}}"),
        ["the alphabet of standard base64"] = ("S03", "has '+' at offset", () => ValidAssertion()[..^3] + "+/A"),
        ["a non-ASCII letter"] = ("S03", "the character 'é' (U+00E9)", () => ValidAssertion().Insert(40, "é")),
        ["an impossible base64url length"] = ("S03", "has 5 characters, which is not a possible length", () => new JwtBuilder().SignedWith(_ => new byte[3]).Compact() + "A"),
        ["nonzero unused bits in the signature"] = ("S03", "a signature that ends with a character whose unused bits are not zero", () => new JwtBuilder().SignedWith(_ => new byte[1]).Compact()[..^1] + "B"),
        ["nonzero unused bits in the header"] =
            ("S03", "a header that ends with a character whose unused bits", () => new JwtBuilder().WithHeaderText("{}").Compact().Replace("e30.", "e31.", StringComparison.Ordinal)),
        ["no header"] = ("S03", "has an empty header", () => ValidAssertion()[ValidAssertion().IndexOf('.', StringComparison.Ordinal)..]),
        ["a header that is not JSON"] = ("S04", "a header that is not JSON: unexpected 'a' at byte 0", () => new JwtBuilder().WithHeaderText("alg: RS256").Compact()),
        ["a header that is an array"] = ("S04", "a header that is JSON, but an array; expected an object", () => new JwtBuilder().WithHeaderText("[\"RS256\"]").Compact()),
        ["a payload that is not JSON"] = ("S04", "is not JSON: unexpected 'i' at byte 0", () => new JwtBuilder().WithPayloadText("iss=batch-worker").Compact()),
        ["a payload that is null"] = ("S04", "is JSON, but null", () => new JwtBuilder().WithPayloadText("null").Compact()),
        ["a payload that is a string"] = ("S04", "is JSON, but a string", () => new JwtBuilder().WithPayloadText("\"{}\"").Compact()),
        ["a payload with a comment"] = ("S04", "has a comment at byte 1", () => new JwtBuilder().WithPayloadText("{/**/}").Compact()),
        ["a payload with trailing text"] = ("S04", "has more text after the first JSON value", () => new JwtBuilder().WithPayloadText(new JwtBuilder().Claims.ToJsonString() + "{}").Compact()),
        ["a payload with a byte order mark"] = ("S04", "begins with a byte order mark", () => new JwtBuilder().WithPayloadBytes([0xEF, 0xBB, 0xBF, .. ValidPayload()]).Compact()),
        ["a payload in UTF-16"] =
            ("S04", "is UTF-16 or UTF-32", () => new JwtBuilder().WithPayloadBytes(Encoding.Unicode.GetBytes(new JwtBuilder().Claims.ToJsonString())).Compact()),
        ["a payload that is not UTF-8"] = ("S04", "is not valid UTF-8 at byte 6", () => new JwtBuilder().WithPayloadBytes([.. "{\"a\":\""u8, 0xC3, 0x28, .. "\"}"u8]).Compact()),
        ["a lone surrogate"] = ("S04", "a string with an unpaired surrogate", () => new JwtBuilder().WithLeadingClaim("\"name\":\"\\ud800\"").Compact()),
        ["a lone surrogate in a member name"] = ("S04", "a member name with an unpaired surrogate", () => new JwtBuilder().WithLeadingClaim("\"\\ud800\":1").Compact()),
        ["a payload with 5,000 levels"] =
            ("S04", "has more than 32 levels", () => new JwtBuilder().WithLeadingClaim($"\"a\":{new string('[', 5000)}{new string(']', 5000)}").Compact()),
        ["iss twice"] = ("S04", "has the member 'iss' twice", () => new JwtBuilder().WithLeadingClaim("\"iss\":\"other-worker\"").Compact()),
        ["iss twice, once with an escape"] = ("S04", "has the member 'iss' twice", () => new JwtBuilder().WithLeadingClaim("\"\\u0069ss\":\"other-worker\"").Compact()),
        ["alg twice"] = ("S04", "a header that has the member 'alg' twice", () => new JwtBuilder().WithLeadingHeader("\"alg\":\"none\"").Compact()),
        ["a nested member twice"] = ("S04", "has the member 'sub' twice", () => new JwtBuilder().WithLeadingClaim("\"act\":{\"sub\":\"a\",\"sub\":\"b\"}").Compact()),
    };

    public static TheoryData<string, AssertionRole> MalformedInBothRoles => TestRows.InBothRoles(Malformed.Keys);

    [Theory, MemberData(nameof(MalformedInBothRoles))]
    public async Task A_malformed_assertion_is_refused(string testCase, AssertionRole role)
    {
        var server = TestServer.Start();

        var response = await server.PresentAsync(Malformed[testCase].Assertion(), role);

        response.ShouldBeRefused(role, Malformed[testCase].Rule).WithExplanation(Malformed[testCase].Cause);
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
    public async Task Valid_JSON_with_escapes_and_32_levels_is_accepted()
    {
        var jwt = new JwtBuilder().WithLeadingClaim($"\"n\\u0061me\":\"\\ud83d\\ude00\",\"a\":{new string('[', 31)}{new string(']', 31)}");

        (await TestServer.Start().PresentAsync(jwt)).ShouldBeGranted();
    }

    private static string ValidAssertion() => new JwtBuilder().Compact();

    private static string WithPayload(string json) => new JwtBuilder().WithPayloadText(json).Compact();

    private static byte[] ValidPayload() => Encoding.UTF8.GetBytes(new JwtBuilder().Claims.ToJsonString());
}
