using System.Text;
using JwtGrantClient.Testing.Tests.TestSupport;

namespace JwtGrantClient.Testing.Tests;

/// <summary>A token request is a POST of one form that has only one interpretation (RFC 6749 section 3.2).</summary>
public sealed class FormReaderTests
{
    private const string Form = "application/x-www-form-urlencoded";

    private static readonly Dictionary<string, Func<string, byte[]>> InvalidBodies = new()
    {
        ["an empty body"] = _ => [],
        ["no grant_type"] = form => Ascii(form.Replace("grant_type", "grant-type", StringComparison.Ordinal)),
        ["an empty grant_type"] = form =>
            Ascii(form.Replace($"grant_type={Uri.EscapeDataString(TestData.JwtBearer)}", "grant_type=", StringComparison.Ordinal)),
        ["no assertion"] = form => Ascii(form[..form.IndexOf("&assertion", StringComparison.Ordinal)]),
        ["an empty assertion"] = form => Ascii(form[..form.IndexOf("&assertion", StringComparison.Ordinal)] + "&assertion="),
        ["grant_type twice"] = form => Ascii(form + "&grant_type=client_credentials"),
        ["assertion twice with the same value"] = form => Ascii(form + form[form.IndexOf("&assertion", StringComparison.Ordinal)..]),
        ["scope twice"] = form => Ascii(form + "&scope=a&scope=b"),
        ["scope twice, once empty"] = form => Ascii(form + "&scope=a&scope="),
        ["scope twice, once with an escape"] = form => Ascii(form + "&scope=a&s%63ope=b"),
        ["an unknown field twice"] = form => Ascii(form + "&foo=a&foo=a"),
        ["two client assertions"] = form => Ascii(form + "&client_assertion=a&client_assertion=b"),
        ["a percent sign without digits"] = form => Ascii(form + "&foo=100%"),
        ["a percent sign with one digit"] = form => Ascii(form + "&foo=%4"),
        ["a percent sign with other letters"] = form => Ascii(form + "&foo=%zz"),
        ["a percent sign with a signed number"] = form => Ascii(form + "&foo=%+1"),
        ["an invalid escape in a name"] = form => Ascii(form + "&fo%o=1"),
        ["escapes that are not UTF-8"] = form => Ascii(form + "&foo=%C3%28"),
        ["escapes of a lone surrogate"] = form => Ascii(form + "&foo=%ED%A0%80"),
        ["overlong escapes"] = form => Ascii(form + "&foo=%C0%AF"),
        ["unescaped non-ASCII bytes"] = form => Encoding.UTF8.GetBytes(form + "&foo=é"),
        ["unescaped bytes that are not UTF-8"] = form => [.. Ascii(form + "&foo="), 0xFF, 0xFE],
        ["a trailing line break"] = form => Ascii(form + "\r\n"),
        ["a zero byte"] = form => Ascii(form + "&foo=\0"),
        ["JSON"] = _ => "{\"grant_type\":\"client_credentials\"}"u8.ToArray(),
        ["UTF-16"] = Encoding.Unicode.GetBytes,
    };

    public static TheoryData<string> InvalidBodyCases => TestRows.From(InvalidBodies.Keys);

    [Theory, MemberData(nameof(InvalidBodyCases))]
    public async Task A_body_that_is_not_an_unambiguous_form_is_an_invalid_request(string testCase)
    {
        var server = TestServer.Start();

        var response = await server.PostAsync(Body(InvalidBodies[testCase](ValidForm())));

        response.ShouldBeRefused(400, "invalid_request", "S01");
        Assert.Equal(0, server.Server.TokensIssued);
    }

    [Theory]
    [InlineData("&foo=1&bar=2"), InlineData("&foo="), InlineData("&foo"), InlineData("&&"), InlineData("&scope=")]
    [InlineData("&client_assertion=")]
    [InlineData("&client_assertion_type=&client_assertion="), InlineData("&client_secret="), InlineData("&client_id=")]
    [InlineData("&foo=%00%F0%9F%98%80")]
    [InlineData("&resource=https%3A%2F%2Fa.example&resource=https%3A%2F%2Fb.example"), InlineData("&scope=a+b"), InlineData("&scope=a%20b")]
    [InlineData("&scope=a b")]
    public async Task Unknown_empty_and_unusually_encoded_fields_are_accepted(string extraFields) =>
        (await TestServer.Start().PostAsync(Body(Ascii(ValidForm() + extraFields)))).ShouldBeGranted();

    [Theory]
    [InlineData("application/json"), InlineData("text/plain"), InlineData("multipart/form-data"), InlineData(null)]
    [InlineData("application/x-www-form-urlencoded-ish"), InlineData("application/x-www-form-urlencoded, text/plain")]
    public async Task Another_content_type_is_an_invalid_request(string? type) =>
        (await TestServer.Start().PostAsync(Body(Ascii(ValidForm()), type))).ShouldBeRefused(400, "invalid_request", "S01")
            .WithExplanation(type ?? "missing");

    [Theory]
    [InlineData("APPLICATION/X-WWW-FORM-URLENCODED"), InlineData("application/x-www-form-urlencoded;charset=utf-8")]
    [InlineData("application/x-www-form-urlencoded ; charset=UTF-8"), InlineData("application/x-www-form-urlencoded; charset=\"utf-8\"")]
    [InlineData("application/x-www-form-urlencoded; x=y")]
    public async Task The_form_content_type_is_accepted_in_any_case_and_with_parameters(string type) =>
        (await TestServer.Start().PostAsync(Body(Ascii(ValidForm()), type))).ShouldBeGranted();

    [Theory]
    [InlineData("GET"), InlineData("PUT"), InlineData("HEAD"), InlineData("DELETE"), InlineData("OPTIONS"), InlineData("post")]
    public async Task A_method_other_than_POST_is_an_invalid_request(string method)
    {
        using var request = new HttpRequestMessage(new(method), TestData.TokenEndpoint) { Content = Body(Ascii(ValidForm())) };

        (await TestServer.Start().SendAsync(request)).ShouldBeRefused(400, "invalid_request", "S01");
    }

    [Theory]
    [InlineData("utf-16"), InlineData("iso-8859-1"), InlineData("us-ascii"), InlineData("\"\""), InlineData("utf8")]
    public async Task A_charset_other_than_UTF_8_is_an_invalid_request(string charset) =>
        (await TestServer.Start().PostAsync(Body(Ascii(ValidForm()), $"{Form}; charset={charset}")))
            .ShouldBeRefused(400, "invalid_request", "S01").WithExplanation($"charset of the Content-Type is '{charset}'");

    [Theory]
    [InlineData("gzip", 415), InlineData("br", 415), InlineData("identity, gzip", 415), InlineData("identity", 200)]
    public async Task A_content_coding_is_an_unsupported_media_type(string coding, int status)
    {
        using var content = Body(Ascii(ValidForm()));
        content.Headers.TryAddWithoutValidation("Content-Encoding", coding);

        var response = await TestServer.Start().PostAsync(content);

        if (status == 200)
            response.ShouldBeGranted();
        else
            response.ShouldBeRefused(status, "invalid_request", "S01").WithExplanation($"Content-Encoding is '{coding}'");
    }

    [Theory]
    [InlineData("client_id=a", "client_id"), InlineData("client_secret=TOP-SECRET", "client_secret"), InlineData("client_assertion=TOP-SECRET", "client_assertion")]
    [InlineData("client_assertion_type=a", "client_assertion_type"), InlineData("assertion=TOP-SECRET", "assertion"), InlineData("grant_type=a", "grant_type")]
    [InlineData("code=TOP-SECRET", "code"), InlineData("code_verifier=TOP-SECRET", "code_verifier"), InlineData("refresh_token=TOP-SECRET", "refresh_token")]
    [InlineData("subject_token=TOP-SECRET", "subject_token"), InlineData("actor_token=TOP-SECRET", "actor_token"), InlineData("token=TOP-SECRET", "token")]
    [InlineData("password=TOP-SECRET", "password"), InlineData("tenant=a&client%5Fsecret=TOP-SECRET", "client_secret"), InlineData("assertion", "assertion")]
    public async Task A_parameter_of_the_request_in_the_query_is_an_invalid_request(string query, string name)
    {
        var server = TestServer.Start();
        using var request = new HttpRequestMessage(HttpMethod.Post, $"{TestData.TokenEndpoint}?{query}") { Content = Body(Ascii(ValidForm())) };

        var response = await server.SendAsync(request);

        response.ShouldBeRefused(400, "invalid_request", "S01").WithExplanation($"query of the URL has the parameter '{name}'");
        Assert.DoesNotContain("TOP-SECRET", response.Refusal?.Explanation, StringComparison.Ordinal);
        Assert.Equal(0, server.Server.TokensIssued);
    }

    [Fact]
    public async Task A_token_in_the_query_of_a_revocation_is_an_invalid_request()
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, $"{TestData.Issuer}/revoke?token=a") { Content = Body(Ascii("token=a")) };

        (await TestServer.Start().SendAsync(request)).ShouldBeRefused(400, "invalid_request", "S01");
    }

    [Fact]
    public async Task A_query_in_the_token_endpoint_URL_is_accepted()
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, $"{TestData.TokenEndpoint}?tenant=a") { Content = Body(Ascii(ValidForm())) };

        (await TestServer.Start().SendAsync(request)).ShouldBeGranted();
    }

    [Theory]
    [InlineData(1 << 20, 400), InlineData((1 << 20) + 1, 413)]
    public async Task A_body_of_more_than_one_mebibyte_is_too_large(int length, int status)
    {
        var response = await TestServer.Start().PostAsync(Body(Ascii("foo=".PadRight(length, 'a'))));

        response.ShouldBeRefused(status, "invalid_request", "S01");
    }

    private static string ValidForm() => $"grant_type={Uri.EscapeDataString(TestData.JwtBearer)}&assertion={new JwtBuilder().Compact()}";

    private static byte[] Ascii(string text) => Encoding.ASCII.GetBytes(text);

    private static ByteArrayContent Body(byte[] body, string? type = Form)
    {
        var content = new ByteArrayContent(body);
        if (type is not null)
            content.Headers.TryAddWithoutValidation("Content-Type", type);
        return content;
    }
}
