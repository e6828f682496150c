using JwtGrantClient.Protocol;

namespace JwtGrantClient.Tests.Http;

/// <summary>Origins are compared as scheme, host and port (RFC 6454 section 5), with the host in ASCII.</summary>
public sealed class OriginTests
{
    [Theory]
    [InlineData("https://api.example.com", "https://api.example.com:443/x?y#z")]
    [InlineData("https://api.example.com", "HTTPS://user:password@API.EXAMPLE.COM")]
    [InlineData("https://bücher.example", "https://xn--bcher-kva.example/")]
    [InlineData("https://BÜCHER.example", "https://bücher.example/")]
    [InlineData("https://[::1]:8443", "https://[0:0:0:0:0:0:0:1]:8443/")]
    [InlineData("http://localhost", "http://localhost:80")]
    public void Two_spellings_of_an_origin_are_the_same(string one, string other) => AssertSame(one, other, same: true);

    [Theory]
    [InlineData("https://api.example.com", "http://api.example.com")]
    [InlineData("https://api.example.com", "http://api.example.com:443")]
    [InlineData("https://api.example.com", "https://api.example.com:8443")]
    [InlineData("https://api.example.com", "https://api.example.com./")]
    [InlineData("https://api.example.com", "https://example.com")]
    [InlineData("https://api.example.com", "https://аpi.example.com")]
    [InlineData("https://127.0.0.1", "https://localhost")]
    public void Different_scheme_host_or_port_is_another_origin(string one, string other) => AssertSame(one, other, same: false);

    [Theory]
    [InlineData("https://user:password@API.example.com:443/x", "https://api.example.com")]
    [InlineData("https://bücher.example:8443/x", "https://xn--bcher-kva.example:8443")]
    [InlineData("http://[::1]:5000/", "http://[::1]:5000")]
    public void ToString_has_the_host_in_ASCII_and_no_user_name(string uri, string expected) => Assert.Equal(expected, Origin.From(new(uri)).ToString());

    private static void AssertSame(string one, string other, bool same)
    {
        var (first, second) = (new Uri(one), new Uri(other));
        Assert.Equal(same, Origin.AreSame(first, second));
        Assert.Equal(same, Origin.From(first).Includes(second));
        Assert.Equal(same, Origin.From(first) == Origin.From(second));
    }
}
