using System.Text;
using JwtGrantClient.Tests.TestSupport;
using JwtGrantClient.TokenEndpoint;

namespace JwtGrantClient.Tests.TokenEndpoint;

/// <summary>Which responses contain a token (RFC 6749 section 5.1).</summary>
public sealed class TokenResponseTests
{
    [Fact]
    public void All_members_of_a_token_response_are_read()
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

    [Fact]
    public void Members_that_do_not_fit_are_dropped_and_the_token_is_kept()
    {
        // The names and the values with their quotation marks count: 16 KiB together.
        var response = Answer.Read($$"""
            {"access_token":"abc","token_type":"Bearer","huge":"{{new string('a', 1_000_000)}}","a":"{{new string('b', 16_000)}}",
             "too_large":"{{new string('c', 381)}}","b":"{{new string('d', 378)}}","c":1}
            """);

        Assert.Equal("abc", response.AccessToken.Value);
        Assert.Equal(["a", "b"], response.Members.Keys);
    }

    [Fact]
    public async Task The_size_of_the_members_is_configurable()
    {
        await using var server = await ScriptedServer.StartAsync(Reply.Json(200, """{"access_token":"abc","token_type":"Bearer","ab":1,"cd":22}"""));
        var options = TestClient.Options();
        (options.TokenEndpoint, options.MaxMembersSize) = (server.TokenEndpoint, 3);
        await using var client = JwtGrantTokenSource.Create(options);

        Assert.Equal(["ab"], (await client.GetTokenAsync(TestContext.Current.CancellationToken)).Members.Keys);
    }

    [Theory]
    [InlineData("""{"token_type":"Bearer"}""", "access_token is missing; expected a string")]
    [InlineData("""{"id_token":"i","token_type":"Bearer"}""", "access_token is missing")]
    [InlineData("""{"access_token":null,"token_type":"Bearer"}""", "access_token is a JSON null")]
    [InlineData("""{"access_token":123,"token_type":"Bearer"}""", "access_token is a JSON number")]
    [InlineData("""{"access_token":["abc"],"token_type":"Bearer"}""", "access_token is a JSON array")]
    [InlineData("""{"access_token":"","token_type":"Bearer"}""", "access_token is empty or contains")]
    [InlineData("""{"access_token":"a\r\nX-Injected: 1","token_type":"Bearer"}""", "a control character")]
    [InlineData("""{"access_token":"a b","token_type":"Bearer"}""", "a space")]
    [InlineData("""{"access_token":"é","token_type":"Bearer"}""", "a non-ASCII character")]
    [InlineData("""{"access_token":"abc"}""", "token_type is missing; expected Bearer. For a server that omits it, set DefaultTokenType")]
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
    public void A_response_without_a_valid_token_is_malformed_and_the_message_says_why(string body, string reason)
    {
        var error = Answer.ReadError(200, body);

        Assert.Equal((JwtGrantErrorKind.MalformedResponse, "token_response_malformed", 200), (error.Kind, error.Code, error.StatusCode));
        Assert.StartsWith("The token endpoint responded with 200, but ", error.Message, StringComparison.Ordinal);
        Assert.Contains(reason, error.FirstLine(), StringComparison.Ordinal);
        Assert.Null(error.Error);
        Assert.False(error.IsTransient);
    }

    [Theory]
    [InlineData("bearer"), InlineData("BEARER"), InlineData("Bearer")]
    public void The_token_type_is_read_case_insensitively_and_normalized(string type) =>
        Assert.Equal("Bearer", Answer.Read($$"""{"access_token":"abc","token_type":"{{type}}"}""").AccessToken.Type);

    [Theory]
    [InlineData("""{"access_token":"abc"}""")]
    [InlineData("""{"access_token":"abc","token_type":null}""")]
    public void A_missing_token_type_is_replaced_by_DefaultTokenType(string body) =>
        Assert.Equal("Bearer", TokenResponseReader.Read(Answer.Create(200, body), Answer.Strict with { DefaultType = "Bearer" }).AccessToken.Type);

    [Theory]
    [InlineData("""{"access_token":"abc","expires_in":60}""")]
    [InlineData("""{"access_token":"abc","expires_in":60,"token_type":null}""")]
    public async Task DefaultTokenType_does_not_replace_a_missing_token_type_of_a_client_with_DPoP(string body)
    {
        var options = TestClient.Options();
        (options.DPoP.Enabled, options.DefaultTokenType) = (true, "Bearer");
        await using var tokens = JwtGrantTokenSource.Create(options, tokenEndpointHandler: new StubHandler(_ => new() { Content = new StringContent(body) }));

        var error = await Assert.ThrowsAsync<JwtGrantException>(() => tokens.GetTokenAsync(TestContext.Current.CancellationToken).AsTask());

        Assert.Equal("token_response_malformed", error.Code);
        Assert.Matches("token_type is (missing|a JSON null); expected DPoP\\.", error.Message);
    }

    [Fact]
    public void DefaultTokenType_does_not_replace_an_unknown_token_type() => Assert.Throws<JwtGrantException>(() =>
        TokenResponseReader.Read(
            Answer.Create(200, """{"access_token":"abc","token_type":"mac"}"""), Answer.Strict with { DefaultType = "Bearer" }));

    [Theory]
    [InlineData("", null)]
    [InlineData(""","scope":null""", null)]
    [InlineData(""","scope":"" """, "")]
    [InlineData(""","scope":"narrower" """, "narrower")]
    public void Scope_has_the_value_that_the_server_returned(string member, string? expected) =>
        Assert.Equal(expected, Answer.Read($$"""{"access_token":"abc","token_type":"Bearer"{{member}}}""").Scope);

    [Theory]
    [InlineData("null"), InlineData("\"\"")]
    public void An_error_member_that_is_null_or_empty_is_ignored(string error) =>
        Assert.Equal("abc", Answer.Read($$"""{"access_token":"abc","token_type":"Bearer","error":{{error}}}""").AccessToken.Value);

    [Fact]
    public void A_byte_order_mark_is_ignored()
    {
        byte[] body = [.. Encoding.UTF8.Preamble, .. Encoding.UTF8.GetBytes(Reply.TokenJson)];

        Assert.Equal("abc", TokenResponseReader.Read(Answer.Create(200, body), Answer.Strict).AccessToken.Value);
    }

    [Fact]
    public void A_response_that_is_not_UTF_8_is_malformed() =>
        Assert.Contains(
            "the body is not valid UTF-8",
            Answer.ReadError(Answer.Create(200, [.. "{\"access_token\":\"a"u8, 0xE9, .. "\"}"u8])).Message, StringComparison.Ordinal);

    [Fact]
    public void A_response_with_deep_nesting_is_rejected() =>
        Assert.Contains("is not JSON", Answer.ReadError(200, $$"""{"a":{{new string('[', 5000)}}""").Message, StringComparison.Ordinal);

    [Fact]
    public void A_token_of_100_000_characters_is_read()
    {
        var value = new string('x', 100_000);

        Assert.Equal(value, Answer.Read($$"""{"access_token":"{{value}}","token_type":"Bearer"}""").AccessToken.Value);
    }
}
