using System.Text;
using JwtGrantClient.Protocol;
using JwtGrantClient.TokenEndpoint;

namespace JwtGrantClient.Tests.TokenEndpoint;

/// <summary>The form as it goes on the wire: byte for byte what the platform's own content writes, which servers know.</summary>
public sealed class FormUrlEncoderTests
{
    [Theory]
    [InlineData("plain-._~AZaz09")]
    [InlineData("a b+c&d=e%f/g:h?i#j\"k\\l*m(n)")]
    [InlineData("ümlaut 漢字 😀 \u0000\r\n\u007f\u0080")]
    [InlineData("\ud83d half a pair, and at the end \ude00")]
    [InlineData("")]
    public async Task It_is_what_the_platform_writes(string text)
    {
        KeyValuePair<string, string>[] fields = [new("grant_type", text), new(text + "x", "1"), new("scope", "a b")];
        using var platform = new FormUrlEncodedContent(fields);

        Assert.Equal(await platform.ReadAsStringAsync(TestContext.Current.CancellationToken), Encoding.ASCII.GetString(FormUrlEncoder.Encode(fields)));
    }

    [Fact]
    public void No_fields_are_no_bytes() => Assert.Empty(FormUrlEncoder.Encode([]));
}
