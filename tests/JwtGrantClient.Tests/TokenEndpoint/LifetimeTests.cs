using System.Text.Json;
using JwtGrantClient.Tests.TestSupport;
using JwtGrantClient.TokenEndpoint;

namespace JwtGrantClient.Tests.TokenEndpoint;

/// <summary>The forms of expires_in that servers send (RFC 6749 section 5.1).</summary>
public sealed class LifetimeTests
{
    private const double TenYears = 315_576_000;

    [Theory]
    [InlineData("3600", 3600)]
    [InlineData("\"86400\"", 86400)]
    [InlineData("3600.0", 3600)]
    [InlineData("3600.9", 3600)]
    [InlineData("\"3600.9\"", 3600)]
    [InlineData("1e3", 1000)]
    [InlineData("0", 0)]
    [InlineData("-1", 0)]
    [InlineData("\"-1\"", 0)]
    [InlineData("-1e99", 0)]
    [InlineData("2147483648", TenYears)]
    [InlineData("9223372036854775808", TenYears)]
    [InlineData("\"9223372036854775808\"", TenYears)]
    [InlineData("1e99", TenYears)]
    [InlineData("1e999", TenYears)]
    public void An_expires_in_is_read_in_any_notation_and_clamped(string json, double seconds)
    {
        Assert.True(ExpiresIn.TryRead(JsonElement.Parse(json), out var lifetime));
        Assert.Equal(TimeSpan.FromSeconds(seconds), lifetime);
    }

    [Theory]
    [InlineData("false"), InlineData("true"), InlineData("{}"), InlineData("[3600]"), InlineData("\"\""), InlineData("\"zzz\"")]
    [InlineData("\"Infinity\""), InlineData("\"-Infinity\""), InlineData("\"NaN\""), InlineData("\"1 h\""), InlineData("\" 3600\"")]
    [InlineData("\"1,5\""), InlineData("\"0x10\""), InlineData("\"\\ud800\"")]
    public void An_expires_in_that_is_not_a_number_is_malformed(string json)
    {
        Assert.False(ExpiresIn.TryRead(JsonElement.Parse(json), out _));

        var error = Answer.ReadError(200, $$"""{"access_token":"abc","token_type":"Bearer","expires_in":{{json}}}""");
        Assert.Equal(JwtGrantErrorKind.MalformedResponse, error.Kind);
        Assert.Contains("expires_in is a JSON ", error.Message, StringComparison.Ordinal);
        Assert.Contains("and not a number of seconds", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(""), InlineData(""","expires_in":null""")]
    public void A_missing_expires_in_means_the_default_lifetime(string member)
    {
        var token = Answer.Read($$"""{"access_token":"abc","token_type":"Bearer"{{member}}}""").AccessToken;

        Assert.Equal(TestData.Moment + TimeSpan.FromMinutes(5), token.ExpiresAt);
        Assert.Equal(TimeSpan.FromMinutes(5), token.Lifetime);
    }
}
