using JwtGrantClient.Tests.TestSupport;
using JwtGrantClient.TokenEndpoint;
using Microsoft.Extensions.Logging.Abstractions;

namespace JwtGrantClient.Tests.TokenEndpoint;

public sealed class EndpointLocatorTests
{
    [Theory]
    [InlineData(true, "https://mtls.example.com/token", "https://mtls.example.com/revoke")]
    [InlineData(false, "https://as.example.com/token", "https://as.example.com/revoke")]
    public async Task A_client_with_a_certificate_uses_the_mutual_TLS_endpoints_of_the_metadata(bool usesCertificate, string token, string revocation)
    {
        using var handler = new StubHandler(_ => new()
        {
            Content = new StringContent("""
                {
                  "issuer": "https://as.example.com", "token_endpoint": "https://as.example.com/token", "revocation_endpoint": "https://as.example.com/revoke",
                  "mtls_endpoint_aliases": { "token_endpoint": "https://mtls.example.com/token", "revocation_endpoint": "https://mtls.example.com/revoke" }
                }
                """),
        });
        using var transport = new TokenEndpointTransport(handler, TimeProvider.System, TimeSpan.Zero);
        var discovery = new MetadataDiscovery(
            new(TestData.Issuer, allowLoopbackHttp: false, transport, TimeProvider.System, NullLogger.Instance), EndpointOrigins.All, NullLogger.Instance);
        var locator = new EndpointLocator(discovery) { UsesCertificate = usesCertificate };

        Assert.Equal(token, (await locator.LocateTokenEndpointAsync(null, TestContext.Current.CancellationToken)).AbsoluteUri);
        Assert.Equal(revocation, (await locator.LocateRevocationEndpointAsync(TestContext.Current.CancellationToken)).AbsoluteUri);
    }
}
