using JwtGrantClient.Protocol;
using JwtGrantClient.TokenEndpoint;

namespace JwtGrantClient.Tests.TokenEndpoint;

public sealed class EndpointUrlTests
{
    [Theory]
    [InlineData("https://as.example.com/token")]
    [InlineData("https://as.example.com")]
    [InlineData("HTTPS://AS.example.com:8443/token?tenant=a")]
    [InlineData("https://127.0.0.1/token")]
    public void Https_is_right(string address) => Assert.Null(EndpointUrl.Problem(address, allowLoopbackHttp: false));

    [Theory]
    [InlineData("http://127.0.0.1:5000/token"), InlineData("http://localhost/token"), InlineData("http://LOCALHOST/token")]
    [InlineData("http://[::1]/token")]
    public void Http_to_this_machine_is_right_by_opt_in_only(string address)
    {
        Assert.Null(EndpointUrl.Problem(address, allowLoopbackHttp: true));
        Assert.EndsWith(
            "set AllowLoopbackHttp to true for a server on this machine", EndpointUrl.Problem(address, allowLoopbackHttp: false), StringComparison.Ordinal);
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
    public void Anything_else_is_refused_with_its_reason_and_no_password(string address, string problem)
    {
        var seen = EndpointUrl.Problem(address, allowLoopbackHttp: true);

        Assert.Contains(problem, seen, StringComparison.Ordinal);
        Assert.DoesNotContain("hunter2", seen, StringComparison.Ordinal);
    }
}
