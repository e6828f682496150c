using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using JwtGrantClient.Tests.TestSupport;
using JwtGrantClient.TokenEndpoint;
using Microsoft.Extensions.Logging.Abstractions;

namespace JwtGrantClient.Tests.TokenEndpoint;

/// <summary>Which clients of a container share their connections.</summary>
public sealed class SharedConnectionsTests : IDisposable
{
    private static readonly Uri Server = new(TestData.TokenEndpoint);
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(5);

    private readonly SharedConnections _connections = new();
    private readonly TemporaryFolder _folder = new();
    private readonly X509Certificate2 _certificate =
        new CertificateRequest("CN=client", TestData.RsaKey, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1).CreateSelfSigned(TestData.Moment, TestData.Moment.AddYears(1));

    public void Dispose()
    {
        _connections.Dispose();
        _certificate.Dispose();
        _folder.Dispose();
    }

    [Theory]
    [InlineData("https://as.example.com/other/path", true)]
    [InlineData("https://AS.example.com:443/token", true)]
    [InlineData("https://other.example.com/token", false)]
    [InlineData("https://as.example.com:8443/token", false)]
    [InlineData("http://as.example.com/token", false)]
    public void Clients_share_connections_if_the_origin_of_their_server_is_equal(string server, bool isShared)
    {
        var one = Get(Server);

        Assert.Equal(isShared, ReferenceEquals(one, Get(new(server))));
        GC.KeepAlive(one);
    }

    [Fact]
    public void Clients_with_different_connect_timeouts_do_not_share_connections()
    {
        var one = Get(Server);

        Assert.NotSame(one, _connections.Get(Server, null, null, TimeProvider.System, 2 * Timeout));
        GC.KeepAlive(one);
    }

    [Fact]
    public void Clients_share_connections_if_their_certificate_is_in_the_same_files()
    {
        var (one, same) = (Load("one", "a"), Load("one", "a"));

        Assert.Same(one, same);
        var connections = Get(Server, one);
        Assert.Same(connections, Get(Server, same));
        Assert.NotSame(connections, Get(Server));
        Assert.NotSame(connections, Get(Server, Load("two", "a")));
        GC.KeepAlive(connections);
    }

    [Fact]
    public void Clients_share_connections_if_their_certificate_is_the_same_object()
    {
        using var copy = new X509Certificate2(_certificate);
        var (one, same, other) = (Share(_certificate), Share(_certificate), Share(copy));

        var connections = Get(Server, one);
        Assert.Same(connections, Get(Server, same));
        Assert.NotSame(connections, Get(Server, other));
        GC.KeepAlive(connections);
    }

    [Fact]
    public void The_source_of_a_certificate_does_not_reveal_the_password()
    {
        var source = new CertificateSource(new ClientCertificateOptions { Path = "client.p12", Password = "open-sesame" });

        Assert.DoesNotContain("sesame", source.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("sesame", System.Text.Json.JsonSerializer.Serialize(source), StringComparison.Ordinal);
        Assert.NotEqual(source, new CertificateSource(new ClientCertificateOptions { Path = "client.p12", Password = "other" }));
    }

    [Fact]
    public void Clients_share_connections_if_they_trust_the_CAs_of_the_same_file()
    {
        var (one, same, other) = (Trust("one"), Trust("one"), Trust("two"));

        Assert.Same(one, same);
        var connections = Get(Server, trusted: one);
        Assert.Same(connections, Get(Server, trusted: same));
        Assert.NotSame(connections, Get(Server));
        Assert.NotSame(connections, Get(Server, trusted: other));
        GC.KeepAlive(connections);
    }

    private TrustedCertificates Trust(string file) => _connections.Share(
        new TrustedCertificates(_folder.Write(file, _certificate.ExportCertificatePem()), TimeProvider.System, NullLogger.Instance));

    private ClientCertificate Share(X509Certificate2 certificate) => _connections.Share(ClientCertificate.From(certificate));

    private ClientCertificate Load(string file, string password) => _connections.Share(ClientCertificate.Load(new()
    {
        Path = _folder.Write(file, _certificate.Export(X509ContentType.Pkcs12, password)),
        Password = password,
    }));

    private TokenEndpointConnections Get(Uri server, ClientCertificate? certificate = null, TrustedCertificates? trusted = null) =>
        _connections.Get(server, certificate, trusted, TimeProvider.System, Timeout);
}
