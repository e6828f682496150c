using JwtGrantClient.Protocol;

namespace JwtGrantClient.Tests.Protocol;

public sealed class SecretMaskTests
{
    private const string Secret = "q7 Xm+2v/K-9t=Lz&Rw8\"Ypé_Bn4";

    private static readonly SecretMask Mask = new([new("client_secret", Secret), new("code", "abc123"), new("api_key", "z9")]);

    [Fact]
    public void A_secret_is_replaced_by_its_name() =>
        Assert.Equal("The secret '(the client_secret that was sent, not shown)' is wrong.", Mask.Apply($"The secret '{Secret}' is wrong."));

    [Fact]
    public void A_text_without_a_secret_is_returned_unchanged()
    {
        const string text = "The client \\ is 100% unknown &amp; has no secret; see https://as.example.com/errors?code=7 &unknown; %zz \\u12";

        Assert.Same(text, Mask.Apply(text));
        Assert.False(Mask.IsIn(text));
        Assert.Same(text, SecretMask.None.Apply(text));
    }

    [Theory]
    [InlineData("code abc123 expired", "code (the code that was sent, not shown) expired")]
    [InlineData("code=abc123&x", "code=(the code that was sent, not shown)&x")]
    [InlineData("code%20abc123%7C", "code%20(the code that was sent, not shown)%7C")]
    [InlineData("order%20x%41abc123 unknown", "order%20x%41abc123 unknown")]
    [InlineData("order xabc1234 unknown", "order xabc1234 unknown")]
    [InlineData("the key z9 is unknown", "the key z9 is unknown")]
    public void A_short_secret_is_masked_between_words_only(string text, string masked) => Assert.Equal(masked, Mask.Apply(text));

    [Theory]
    [InlineData("..."), InlineData("\u00A0"), InlineData(" | ")]
    public void Text_around_a_secret_is_kept(string separator) => Assert.Equal(
        $"a{separator}(the client_secret that was sent, not shown){separator}b", Mask.Apply($"a{separator}{Secret}{separator}b"));

    [Fact]
    public void A_secret_that_is_escaped_four_times_is_masked()
    {
        const string secret = "ab/cd/ef/gh/ij";
        var mask = new SecretMask([new("code", secret)]);

        var text = Enumerable.Range(0, 4).Aggregate(secret, (escaped, _) => Uri.EscapeDataString(escaped));

        Assert.Equal("(the code that was sent, not shown)", mask.Apply(text));
    }

    [Fact]
    public void Two_secrets_in_a_row_are_both_masked() => Assert.Equal(
        "(the client_secret that was sent, not shown)",
        Mask.Apply(Secret + Secret));
}
