using JwtGrantClient.Protocol;

namespace JwtGrantClient.Tests.Protocol;

public sealed class EndpointUrlTests
{
    [Theory]
    [InlineData("https://as.example.com/token")]
    [InlineData("https://as.example.com")]
    [InlineData("HTTPS://AS.example.com:8443/token?tenant=a")]
    [InlineData("https://127.0.0.1/token")]
    public void An_https_URL_is_valid(string url) => Assert.Null(EndpointUrl.Problem(url, allowLoopbackHttp: false));

    [Theory]
    [InlineData("http://127.0.0.1:5000/token"), InlineData("http://localhost/token"), InlineData("http://LOCALHOST/token")]
    [InlineData("http://[::1]/token")]
    public void An_http_URL_to_loopback_is_valid_only_with_AllowLoopbackHttp(string url)
    {
        Assert.Null(EndpointUrl.Problem(url, allowLoopbackHttp: true));
        Assert.EndsWith(
            "set AllowLoopbackHttp to true for a server on this machine", EndpointUrl.Problem(url, allowLoopbackHttp: false), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("http://as.example.com/token", "has the scheme 'http'; assertions and tokens are sent over https only")]
    [InlineData("http://127.0.0.2/token", "has the scheme 'http'")]
    [InlineData("http://0.0.0.0/token", "has the scheme 'http'")]
    [InlineData("http://localhost.example.com/token", "has the scheme 'http'")]
    [InlineData("http://127.0.0.1.example.com/token", "has the scheme 'http'")]
    [InlineData("ws://localhost/token", "has the scheme 'ws'")]
    [InlineData("https://as.example.com/token#x", "has a fragment; remove everything from #")]
    [InlineData("https://as.example.com/token#", "has a fragment")]
    [InlineData("https://user:hunter2@as.example.com/token", "has a user name or password before its host 'as.example.com'")]
    [InlineData("https://user:hunter2@as.example.com/token#x", "has a user name or password before its host 'as.example.com'")]
    [InlineData("http://user:hunter2@as.example.com/token", "has a user name or password")]
    [InlineData("as.example.com/token", "is not an absolute URL")]
    [InlineData("/token", "is not an absolute URL")]
    [InlineData("file:///token", "is not an absolute URL")]
    [InlineData("", "is not an absolute URL")]
    public void An_invalid_URL_is_reported_with_the_reason_and_without_its_password(string url, string problem)
    {
        var actual = EndpointUrl.Problem(url, allowLoopbackHttp: true);

        Assert.Contains(problem, actual, StringComparison.Ordinal);
        Assert.DoesNotContain("hunter2", actual, StringComparison.Ordinal);
    }
}
