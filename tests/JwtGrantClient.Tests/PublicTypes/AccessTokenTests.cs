using System.Text.Json;
using JwtGrantClient.Tests.TestSupport;

namespace JwtGrantClient.Tests.PublicTypes;

public sealed class AccessTokenTests
{
    private const string Secret = "s3cr3t-access-token";

    [Fact]
    public void ToString_and_JSON_do_not_reveal_the_token()
    {
        var members = JsonSerializer.Deserialize<Dictionary<string, JsonElement>>($$"""{ "copy": "{{Secret}}" }""");
        var token = new AccessToken(Secret, TestData.Moment, scope: "reports.read", members: members);

        Assert.Equal("Bearer access token (19 characters, redacted), expires 2026-11-23T09:00:00Z", token.ToString());
        Assert.Equal(Secret, token.Value);
        var json = JsonSerializer.Serialize(token);
        Assert.DoesNotContain(Secret, json, StringComparison.Ordinal);
        Assert.Contains("reports.read", json, StringComparison.Ordinal);
    }

    [Fact]
    public void Properties_that_the_server_did_not_send_have_defaults()
    {
        var token = new AccessToken(Secret, TestData.Moment);

        Assert.Equal(("Bearer", null, TestData.Moment), (token.Type, token.Scope, token.ExpiresAt));
        Assert.Empty(token.Members);
    }

    [Theory]
    [InlineData("")]
    [InlineData(null)]
    [InlineData("two words")]
    [InlineData("line\r\nInjected: header")]
    [InlineData("tab\t")]
    [InlineData("schlüssel")]
    [InlineData("\u007F")]
    public void A_value_that_is_not_valid_in_a_header_is_rejected_and_not_printed(string? value)
    {
        var error = Assert.Throws<ArgumentException>(() => new AccessToken(value!, TestData.Moment));

        Assert.Equal("value", error.ParamName);
        Assert.StartsWith(
            "The access token is empty or contains a space, a control character or a non-ASCII character; it cannot be sent in a header.",
            error.Message,
            StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("not a token")]
    [InlineData("line\nbreak")]
    public void A_type_that_is_not_a_valid_scheme_is_rejected(string type) =>
        Assert.Equal("type", Assert.Throws<ArgumentException>(() => new AccessToken(Secret, TestData.Moment, type)).ParamName);
}
