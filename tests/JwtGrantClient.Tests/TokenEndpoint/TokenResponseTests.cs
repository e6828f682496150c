using System.Text;
using JwtGrantClient.Tests.TestSupport;
using JwtGrantClient.TokenEndpoint;

namespace JwtGrantClient.Tests.TokenEndpoint;

/// <summary>What counts as a token (RFC 6749 section 5.1): BEHAVIOURS rows 20 to 33.</summary>
public sealed class TokenResponseTests
{
    [Fact]
    public void A_whole_response_is_read()
    {
        var response = Answer.Read("""
            {"access_token":"abc","token_type":"Bearer","expires_in":3600,"scope":"a b","refresh_token":"r","id_token":"i",
             "issued_token_type":"urn:t","instance_url":"https://x","nested":{"a":[1]}}
            """);

        Assert.Equal("abc", response.AccessToken.Value);
        Assert.Equal(TestData.Moment.AddHours(1), response.AccessToken.ExpiresAt);
        Assert.Equal("a b", response.Scope);
        Assert.Equal("r", response.RefreshToken);
        Assert.Equal("i", response.IdToken);
        Assert.Equal("urn:t", response.IssuedTokenType);
        Assert.Equal("https://x", response.Members["instance_url"].GetString());
        Assert.Equal(1, response.Members["nested"].GetProperty("a")[0].GetInt32());
        Assert.Equal(2, response.Members.Count);
    }

    [Theory]
    [InlineData("""{"token_type":"Bearer"}""", "access_token is missing; expected a string")]
    [InlineData("""{"id_token":"i","token_type":"Bearer"}""", "access_token is missing")]
    [InlineData("""{"access_token":null,"token_type":"Bearer"}""", "access_token is a JSON null")]
    [InlineData("""{"access_token":123,"token_type":"Bearer"}""", "access_token is a JSON number")]
    [InlineData("""{"access_token":["abc"],"token_type":"Bearer"}""", "access_token is a JSON array")]
    [InlineData("""{"access_token":"","token_type":"Bearer"}""", "access_token is empty or holds")]
    [InlineData("""{"access_token":"a\r\nX-Injected: 1","token_type":"Bearer"}""", "a control character")]
    [InlineData("""{"access_token":"a b","token_type":"Bearer"}""", "a space")]
    [InlineData("""{"access_token":"é","token_type":"Bearer"}""", "a non-ASCII character")]
    [InlineData("""{"access_token":"abc"}""", "token_type is missing; expected Bearer. For a server that leaves it out, set DefaultTokenType")]
    [InlineData("""{"access_token":"abc","token_type":7}""", "token_type is a JSON number; expected Bearer")]
    [InlineData("""{"access_token":"abc","token_type":"N_A"}""", "token_type is 'N_A'; expected Bearer")]
    [InlineData("""{"access_token":"abc","token_type":"mac"}""", "token_type is 'mac'; expected Bearer")]
    [InlineData("", "the body is empty (Content-Type: application/json)")]
    [InlineData("null", "the body is a JSON null, not an object")]
    [InlineData("[]", "the body is a JSON array, not an object")]
    [InlineData("\"abc\"", "the body is a JSON string, not an object")]
    [InlineData("""{"access_token":"abc","token_ty""", "the body is not JSON (line 1, byte ")]
    [InlineData("<html><body>Sign in</body></html>", "the body is not JSON")]
    [InlineData("access_token=abc&token_type=Bearer", "the body is not JSON")]
    [InlineData("""{"access_token":"abc","access_token":"evil","token_type":"Bearer"}""", "two members with the same name")]
    [InlineData("""{"access_token":"abc","\u0061ccess_token":"evil","token_type":"Bearer"}""", "two members with the same name")]
    [InlineData("""{"access_token":"abc","token_type":"Bearer","\ud800":1}""", "a member name that is not well-formed Unicode")]
    [InlineData("""{"access_token":"abc","token_type":"Bearer"} {}""", "the body is not JSON")]
    public void What_is_no_token_is_malformed_and_the_message_says_what_was_seen(string body, string seen)
    {
        var error = Answer.Refuse(200, body);

        Assert.Equal((JwtGrantErrorKind.MalformedResponse, "token_response_malformed", 200), (error.Kind, error.Code, error.StatusCode));
        Assert.StartsWith("The token endpoint answered 200, but ", error.Message, StringComparison.Ordinal);
        Assert.Contains(seen, error.FirstLine(), StringComparison.Ordinal);
        Assert.Null(error.Error);
        Assert.False(error.IsTransient);
    }

    [Theory]
    [InlineData("bearer"), InlineData("BEARER"), InlineData("Bearer")]
    public void The_type_is_read_in_any_case_and_presented_in_one(string type) =>
        Assert.Equal("Bearer", Answer.Read($$"""{"access_token":"abc","token_type":"{{type}}"}""").AccessToken.Type);

    [Theory]
    [InlineData("""{"access_token":"abc"}""")]
    [InlineData("""{"access_token":"abc","token_type":null}""")]
    public void A_missing_type_is_the_default_one_where_the_client_has_one(string body) =>
        Assert.Equal("Bearer", TokenResponseReader.Read(Answer.Of(200, body), Answer.Strict with { DefaultType = "Bearer" }).AccessToken.Type);

    [Fact]
    public void A_default_type_does_not_excuse_an_unknown_one() => Assert.Throws<JwtGrantException>(() =>
        TokenResponseReader.Read(
            Answer.Of(200, """{"access_token":"abc","token_type":"mac"}"""), Answer.Strict with { DefaultType = "Bearer" }));

    [Theory]
    [InlineData("", null)]
    [InlineData(""","scope":null""", null)]
    [InlineData(""","scope":"" """, "")]
    [InlineData(""","scope":"narrower" """, "narrower")]
    public void Scope_is_as_the_server_says(string member, string? expected) =>
        Assert.Equal(expected, Answer.Read($$"""{"access_token":"abc","token_type":"Bearer"{{member}}}""").Scope);

    [Theory]
    [InlineData("null"), InlineData("\"\"")]
    public void An_error_that_is_null_or_empty_is_none(string error) =>
        Assert.Equal("abc", Answer.Read($$"""{"access_token":"abc","token_type":"Bearer","error":{{error}}}""").AccessToken.Value);

    [Fact]
    public void A_byte_order_mark_is_passed_over()
    {
        byte[] body = [.. Encoding.UTF8.Preamble, .. Encoding.UTF8.GetBytes(Reply.TokenJson)];

        Assert.Equal("abc", TokenResponseReader.Read(Answer.Of(200, body), Answer.Strict).AccessToken.Value);
    }

    [Fact]
    public void Another_encoding_than_UTF_8_is_malformed() =>
        Assert.Contains(
            "the body is not valid UTF-8",
            Answer.Refuse(Answer.Of(200, [.. "{\"access_token\":\"a"u8, 0xE9, .. "\"}"u8])).Message, StringComparison.Ordinal);

    [Fact]
    public void Nesting_is_bounded() =>
        Assert.Contains("is not JSON", Answer.Refuse(200, $$"""{"a":{{new string('[', 5000)}}""").Message, StringComparison.Ordinal);

    [Fact]
    public void A_large_token_is_a_token()
    {
        var value = new string('x', 100_000);

        Assert.Equal(value, Answer.Read($$"""{"access_token":"{{value}}","token_type":"Bearer"}""").AccessToken.Value);
    }
}
