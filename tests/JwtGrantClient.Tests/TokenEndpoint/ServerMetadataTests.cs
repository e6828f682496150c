using JwtGrantClient.Tests.TestSupport;
using JwtGrantClient.TokenEndpoint;

namespace JwtGrantClient.Tests.TokenEndpoint;

/// <summary>Validation of metadata (RFC 8414 section 3.3).</summary>
public sealed class ServerMetadataTests
{
    private const string Address = "https://as.example.com/.well-known/oauth-authorization-server";

    [Fact]
    public void Metadata_of_the_configured_issuer_provides_the_token_endpoint() => Assert.Equal(
        "https://login.example.net/t?x=1",
        Read("""{"issuer":"https://as.example.com","token_endpoint":"https://login.example.net/t?x=1"}""").TokenEndpoint);

    [Theory]
    [InlineData("\"https://as.example.com/\"", "'https://as.example.com/'")]
    [InlineData("\"https://AS.example.com\"", "'https://AS.example.com'")]
    [InlineData("\"https://as.example.com:443\"", "'https://as.example.com:443'")]
    [InlineData("\"https://evil.example\"", "'https://evil.example'")]
    [InlineData("null", "'(none)'")]
    [InlineData("[\"https://as.example.com\"]", "'(none)'")]
    public void Metadata_whose_issuer_differs_in_any_byte_is_rejected(string issuer, string actual)
    {
        var error = ReadError($$"""{"issuer":{{issuer}},"token_endpoint":"https://as.example.com/token"}""");

        Assert.Equal((JwtGrantErrorKind.MalformedResponse, "metadata_issuer_mismatch", false), (error.Kind, error.Code, error.IsTransient));
        Assert.Contains($"is for the issuer {actual}, but '{TestData.Issuer}' is configured", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("http://as.example.com/token", "has the scheme 'http'")]
    [InlineData("http://127.0.0.1/token", "set AllowLoopbackHttp to true")]
    [InlineData("ftp://as.example.com/token", "has the scheme 'ftp'")]
    [InlineData("/token", "is not an absolute URL")]
    [InlineData("https://as.example.com/token#f", "has a fragment")]
    [InlineData("https://user:hunter2@as.example.com/token#f", "has a user name or password")]
    public void Metadata_with_an_unsafe_token_endpoint_is_rejected(string endpoint, string reason)
    {
        var error = ReadError($$"""{"issuer":"https://as.example.com","token_endpoint":"{{endpoint}}"}""");

        Assert.Equal("metadata_endpoint_refused", error.Code);
        Assert.Contains(reason, error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("hunter2", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("<html>", "is not JSON")]
    [InlineData("", "is empty")]
    [InlineData("[]", "is a JSON array, not an object")]
    [InlineData("""{"issuer":"https://evil.example","issuer":"https://as.example.com"}""", "two members with the same name")]
    [InlineData("""{"issuer":"https://as.example.com"}""", "has no token_endpoint. Set TokenEndpoint.")]
    [InlineData("""{"issuer":"https://as.example.com","token_endpoint":7}""", "has no token_endpoint")]
    public void Metadata_that_is_not_valid_JSON_or_has_no_token_endpoint_is_malformed(string body, string reason)
    {
        var error = ReadError(body);

        Assert.Equal("metadata_malformed", error.Code);
        Assert.StartsWith($"The metadata at '{Address}' ", error.Message, StringComparison.Ordinal);
        Assert.Contains(reason, error.Message, StringComparison.Ordinal);
    }

    private static ServerMetadata Read(string body) => ServerMetadata.Read(Answer.Create(200, body), TestData.Issuer, Address, allowLoopbackHttp: false);

    private static JwtGrantException ReadError(string body) => Assert.Throws<JwtGrantException>(() => Read(body));
}
