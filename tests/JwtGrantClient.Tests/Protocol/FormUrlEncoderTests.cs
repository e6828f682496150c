using System.Text;
using JwtGrantClient.Protocol;

namespace JwtGrantClient.Tests.Protocol;

/// <summary>The encoded form equals that of <see cref="FormUrlEncodedContent"/>, byte for byte.</summary>
public sealed class FormUrlEncoderTests
{
    [Theory]
    [InlineData("plain-._~AZaz09")]
    [InlineData("a b+c&d=e%f/g:h?i#j\"k\\l*m(n)")]
    [InlineData("ümlaut 漢字 😀 \u0000\r\n\u007f\u0080")]
    [InlineData("\ud83d half a pair, and at the end \ude00")]
    [InlineData("")]
    public async Task A_form_is_encoded_as_FormUrlEncodedContent_encodes_it(string text)
    {
        KeyValuePair<string, string>[] fields = [new("grant_type", text), new(text + "x", "1"), new("scope", "a b")];
        using var expected = new FormUrlEncodedContent(fields);

        Assert.Equal(await expected.ReadAsStringAsync(TestContext.Current.CancellationToken), Encoding.ASCII.GetString(FormUrlEncoder.Encode(fields)));
    }

    [Fact]
    public void A_form_without_fields_is_empty() => Assert.Empty(FormUrlEncoder.Encode([]));
}
