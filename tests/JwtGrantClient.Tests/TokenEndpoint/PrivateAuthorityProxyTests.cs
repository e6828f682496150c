using System.Net;
using JwtGrantClient.Tests.TestSupport;

namespace JwtGrantClient.Tests.TokenEndpoint;

/// <summary>
/// TrustedCertificates with a proxy. No other test runs at the same time, because the default proxy belongs to the process.
/// </summary>
[Collection(nameof(LoopbackProxyTests))]
public sealed class PrivateAuthorityProxyTests : IAsyncLifetime
{
    private readonly IWebProxy _defaultProxy = HttpClient.DefaultProxy;
    private readonly TemporaryFolder _folder = new();
    private readonly TestAuthority _authority = new(), _other = new("Other CA");
    private ScriptedServer _server = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private Uri ServerAddress => new(_server.Address);

    public async ValueTask InitializeAsync() =>
        _server = await ScriptedServer.StartAsync(_authority, _authority.Issue("as.example.com"), Reply.Token);

    public async ValueTask DisposeAsync()
    {
        HttpClient.DefaultProxy = _defaultProxy;
        await _server.DisposeAsync();
        _authority.Dispose();
        _other.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task The_certificate_of_the_server_behind_a_proxy_is_checked_against_the_file()
    {
        await using var proxy = new ConnectProxy(ServerAddress);
        HttpClient.DefaultProxy = new WebProxy(proxy.Address);

        Assert.Equal("abc", await GetTokenAsync(_authority));
        var error = await Assert.ThrowsAsync<JwtGrantException>(() => GetTokenAsync(_other));

        Assert.Equal(("server_unreachable", 1), (error.Code, _server.Calls));
        Assert.Equal(["CONNECT as.example.com:443 HTTP/1.1", "CONNECT as.example.com:443 HTTP/1.1"], proxy.Requests);
    }

    [Fact]
    public async Task The_certificate_of_a_proxy_with_TLS_is_checked_against_the_file()
    {
        await using var proxy = new ConnectProxy(ServerAddress, _authority.Issue(), [_authority.Intermediate]);
        HttpClient.DefaultProxy = new WebProxy(proxy.Address);

        Assert.Equal("abc", await GetTokenAsync(_authority));
        await Assert.ThrowsAsync<JwtGrantException>(() => GetTokenAsync(_other));

        Assert.Single(proxy.Requests);
    }

    private async Task<string> GetTokenAsync(TestAuthority trusted)
    {
        var options = TestClient.Options();
        (options.TrustedCertificates, options.Retry.MaxRetryAttempts) = (_folder.Write("ca", trusted.Root.ExportCertificatePem()), 0);
        await using var tokens = JwtGrantTokenSource.Create(options);
        return (await tokens.GetTokenAsync(Cancellation)).Value;
    }
}
