using System.Text;
using JwtGrantClient.Testing.Tests.TestSupport;

namespace JwtGrantClient.Testing.Tests;

/// <summary>S01: a token request is a POST of one form that can be read in one way only.</summary>
public sealed class FormReaderTests
{
    private const string Form = "application/x-www-form-urlencoded";

    private static readonly Dictionary<string, Func<string, byte[]>> BadBodies = new()
    {
        ["nothing"] = _ => [],
        ["no grant_type"] = good => Ascii(good.Replace("grant_type", "grant-type", StringComparison.Ordinal)),
        ["an empty grant_type"] = good =>
            Ascii(good.Replace($"grant_type={Uri.EscapeDataString(TestData.JwtBearer)}", "grant_type=", StringComparison.Ordinal)),
        ["no assertion"] = good => Ascii(good[..good.IndexOf("&assertion", StringComparison.Ordinal)]),
        ["an empty assertion"] = good => Ascii(good[..good.IndexOf("&assertion", StringComparison.Ordinal)] + "&assertion="),
        ["grant_type twice"] = good => Ascii(good + "&grant_type=client_credentials"),
        ["assertion twice, the same"] = good => Ascii(good + good[good.IndexOf("&assertion", StringComparison.Ordinal)..]),
        ["scope twice"] = good => Ascii(good + "&scope=a&scope=b"),
        ["scope twice, once empty"] = good => Ascii(good + "&scope=a&scope="),
        ["scope twice, once escaped"] = good => Ascii(good + "&scope=a&s%63ope=b"),
        ["an unknown field twice"] = good => Ascii(good + "&foo=a&foo=a"),
        ["two client assertions"] = good => Ascii(good + "&client_assertion=a&client_assertion=b"),
        ["a percent sign alone"] = good => Ascii(good + "&foo=100%"),
        ["a percent sign with one digit"] = good => Ascii(good + "&foo=%4"),
        ["a percent sign without hex"] = good => Ascii(good + "&foo=%zz"),
        ["a percent sign with a signed number"] = good => Ascii(good + "&foo=%+1"),
        ["a bad escape in a name"] = good => Ascii(good + "&fo%o=1"),
        ["escapes that are no UTF-8"] = good => Ascii(good + "&foo=%C3%28"),
        ["escapes of half a surrogate pair"] = good => Ascii(good + "&foo=%ED%A0%80"),
        ["overlong escapes"] = good => Ascii(good + "&foo=%C0%AF"),
        ["bare bytes beyond ASCII"] = good => Encoding.UTF8.GetBytes(good + "&foo=é"),
        ["bare bytes that are no UTF-8"] = good => [.. Ascii(good + "&foo="), 0xFF, 0xFE],
        ["a line break at the end"] = good => Ascii(good + "\r\n"),
        ["a zero byte"] = good => Ascii(good + "&foo=\0"),
        ["JSON"] = _ => "{\"grant_type\":\"client_credentials\"}"u8.ToArray(),
        ["UTF-16"] = Encoding.Unicode.GetBytes,
    };

    public static TheoryData<string> BadBodyNames => TestRows.Of(BadBodies.Keys);

    [Theory, MemberData(nameof(BadBodyNames))]
    public async Task A_body_that_is_no_unambiguous_form_is_an_invalid_request(string row)
    {
        var server = TestServer.Start();

        var answer = await server.PostAsync(Body(BadBodies[row](Good())));

        answer.ShouldBeRefused(400, "invalid_request", "S01");
        Assert.Equal(0, server.Server.TokensIssued);
    }

    [Theory]
    [InlineData("&foo=1&bar=2"), InlineData("&foo="), InlineData("&foo"), InlineData("&&"), InlineData("&scope=")]
    [InlineData("&client_assertion=")]
    [InlineData("&client_assertion_type=&client_assertion="), InlineData("&client_secret="), InlineData("&client_id=")]
    [InlineData("&foo=%00%F0%9F%98%80")]
    [InlineData("&resource=https%3A%2F%2Fa.example&resource=https%3A%2F%2Fb.example"), InlineData("&scope=a+b"), InlineData("&scope=a%20b")]
    [InlineData("&scope=a b")]
    public async Task Unknown_empty_and_plainly_encoded_fields_do_no_harm(string more) =>
        (await TestServer.Start().PostAsync(Body(Ascii(Good() + more)))).ShouldBeGranted();

    [Theory]
    [InlineData("application/json"), InlineData("text/plain"), InlineData("multipart/form-data"), InlineData(null)]
    [InlineData("application/x-www-form-urlencoded-ish"), InlineData("application/x-www-form-urlencoded, text/plain")]
    public async Task Another_content_type_is_an_invalid_request(string? type) =>
        (await TestServer.Start().PostAsync(Body(Ascii(Good()), type))).ShouldBeRefused(400, "invalid_request", "S01")
            .Saying(type ?? "missing");

    [Theory]
    [InlineData("APPLICATION/X-WWW-FORM-URLENCODED"), InlineData("application/x-www-form-urlencoded;charset=utf-8")]
    [InlineData("application/x-www-form-urlencoded ; charset=UTF-8")]
    public async Task The_content_type_may_be_spelt_in_any_way_that_means_it(string type) =>
        (await TestServer.Start().PostAsync(Body(Ascii(Good()), type))).ShouldBeGranted();

    [Theory]
    [InlineData("GET"), InlineData("PUT"), InlineData("HEAD"), InlineData("DELETE"), InlineData("OPTIONS"), InlineData("post")]
    public async Task Another_method_is_an_invalid_request(string method)
    {
        using var request = new HttpRequestMessage(new(method), TestData.TokenEndpoint) { Content = Body(Ascii(Good())) };

        (await TestServer.Start().SendAsync(request)).ShouldBeRefused(400, "invalid_request", "S01");
    }

    [Fact]
    public async Task Parameters_in_the_query_do_not_count()
    {
        var server = TestServer.Start();
        using var request = new HttpRequestMessage(HttpMethod.Post, $"{TestData.TokenEndpoint}?{Good()}") { Content = Body([]) };

        (await server.SendAsync(request)).ShouldBeRefused(400, "invalid_request", "S01");
        Assert.StartsWith("?grant_type=", server.LastRequest.Query, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_query_of_the_token_endpoint_itself_does_no_harm()
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, $"{TestData.TokenEndpoint}?tenant=a") { Content = Body(Ascii(Good())) };

        (await TestServer.Start().SendAsync(request)).ShouldBeGranted();
    }

    [Theory]
    [InlineData(1 << 20, 400), InlineData((1 << 20) + 1, 413)]
    public async Task A_body_over_a_mebibyte_is_too_large(int length, int status)
    {
        var answer = await TestServer.Start().PostAsync(Body(Ascii("foo=".PadRight(length, 'a'))));

        answer.ShouldBeRefused(status, "invalid_request", "S01");
    }

    private static string Good() => $"grant_type={Uri.EscapeDataString(TestData.JwtBearer)}&assertion={new JwtBuilder().Compact()}";

    private static byte[] Ascii(string text) => Encoding.ASCII.GetBytes(text);

    private static ByteArrayContent Body(byte[] body, string? type = Form)
    {
        var content = new ByteArrayContent(body);
        if (type is not null)
            content.Headers.TryAddWithoutValidation("Content-Type", type);
        return content;
    }
}
