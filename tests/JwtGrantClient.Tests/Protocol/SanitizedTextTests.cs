using JwtGrantClient.Protocol;
using JwtGrantClient.Tests.TokenEndpoint;

namespace JwtGrantClient.Tests.Protocol;

public sealed class SanitizedTextTests
{
    [Theory]
    [InlineData("Connection refused (127.0.0.1:1)", "Connection refused (127.0.0.1:1).")]
    [InlineData("Not now.", "Not now.")]
    [InlineData("Really? ", "Really?")]
    [InlineData("", "")]
    public void A_text_of_another_library_ends_with_a_full_stop(string text, string expected) => Assert.Equal(expected, SanitizedText.ToSentence(text));

    [Theory]
    [InlineData("plain words, ümlauts and 漢字", "plain words, ümlauts and 漢字")]
    [InlineData("a\r\nb\tc\0d\u007f\u0085e", "a  b c d  e")]
    [InlineData("a\u2028b\u2029c", "a b c")]
    [InlineData("a\u202eb\u200bc\ufeffd", "a b c d")]
    [InlineData("a😀b", "a  b")]
    [InlineData("", "")]
    public void Control_and_invisible_characters_are_replaced_by_spaces(string text, string sanitized) => Assert.Equal(sanitized, SanitizedText.From(text));

    [Theory]
    [InlineData(512, 512), InlineData(513, 512), InlineData(1_000_000, 512)]
    public void Sanitized_text_has_at_most_512_characters(int length, int expected)
    {
        var sanitized = SanitizedText.From(new string('x', length));

        Assert.Equal(expected, sanitized.Length);
        Assert.Equal(length > 512, sanitized.EndsWith("...", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_JWT_that_a_server_echoes_is_removed()
    {
        var jwt = (await new Composition().Assertions().ProvideAsync(new AssertionContext(), TestContext.Current.CancellationToken)).Value;

        Assert.Equal("Assertion '(a JWT, not shown)' was refused", SanitizedText.From($"Assertion '{jwt}' was refused"));
        Assert.Equal("eyJ is how one begins", SanitizedText.From("eyJ is how one begins"));
        Assert.DoesNotContain(jwt[..40], SanitizedText.From(new string('x', 480) + jwt), StringComparison.Ordinal);
    }
}
