using System.Security.Cryptography.X509Certificates;
using JwtGrantClient.Tests.TestSupport;
using JwtGrantClient.TokenEndpoint;
using Microsoft.Extensions.Time.Testing;

namespace JwtGrantClient.Tests.TokenEndpoint;

/// <summary>The file of TrustedCertificates: its formats, its errors, and what happens when it is replaced.</summary>
public sealed class TrustedCertificatesTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly TestAuthority _authority = new(), _other = new("Other CA");
    private readonly FakeTimeProvider _time = new();
    private readonly LogLines _log = new();

    public static TheoryData<string, int> Formats => new()
    {
        { "PEM", 1 }, { "PEM with CRLF and comments", 1 }, { "PEM in UTF-16", 1 }, { "two roots in PEM", 2 }, { "root and intermediate in PEM", 2 }, { "PEM with a private key", 1 }, { "DER", 1 },
        { "more than 64 KiB", 200 },
    };

    public static TheoryData<string, string> Faults => new()
    {
        { "missing", "cannot be read: Could not find file" },
        { "folder", "cannot be read: it is a directory. Expected certificates of CAs, as PEM or DER. Correct the path or the permissions." },
        { "too large", "cannot be read: it has more than 1048576 bytes." },
        { "empty", "is empty. Expected certificates of CAs, as PEM or DER. Write the certificate of the CA to it." },
        { "garbage", "contains no certificate that can be read, but something else." },
        { "private key", "has a private key and no certificate. Expected certificates of CAs, as PEM or DER. Only the certificate of the CA is needed, which begins with -----BEGIN CERTIFICATE-----." },
        { "certificate request", "is PEM, but has no certificate." },
        { "PKCS#12", "contains no certificate that can be read, but PKCS#12. Expected certificates of CAs, as PEM or DER. Export the certificate of the CA as PEM." },
        { "half-written", "has 2 certificates, of which 1 cannot be read. Expected certificates of CAs, as PEM or DER. Copy the file again; it is damaged." },
        { "damaged", "contains no certificate that can be read, but something else." },
        { "intermediate", "has no root certificate, which is its own issuer. The issuer of 'CN=Test CA intermediate' is 'CN=Test CA'. Expected certificates of CAs, as PEM or DER. Add the certificate of the root CA; the intermediate ones may stay." },
    };

    private string Pem => _authority.Root.ExportCertificatePem();

    public void Dispose()
    {
        _authority.Dispose();
        _other.Dispose();
        _log.Dispose();
        _folder.Dispose();
    }

    [Theory]
    [MemberData(nameof(Formats))]
    public void A_file_has_certificates_of_CAs_as_PEM_or_DER(string format, int count)
    {
        var path = format switch
        {
            "PEM with CRLF and comments" => _folder.Write("ca", $"# the CA\r\n{Pem.ReplaceLineEndings("\r\n")}\r\n"),
            "PEM in UTF-16" => _folder.Write("ca", [0xFF, 0xFE, .. System.Text.Encoding.Unicode.GetBytes(Pem)]),
            "two roots in PEM" => _folder.Write("ca", $"{_other.Root.ExportCertificatePem()}\n{Pem}"),
            "root and intermediate in PEM" => _folder.Write("ca", $"{_authority.Intermediate.ExportCertificatePem()}\n{Pem}"),
            "PEM with a private key" => _folder.Write("ca", $"{TestData.RsaPrivatePem}\n{Pem}"),
            "DER" => _folder.Write("ca", _authority.Root.RawData),
            "more than 64 KiB" => _folder.Write("ca", string.Join('\n', Enumerable.Repeat(Pem, 200))),
            _ => _folder.Write("ca", Pem),
        };

        var roots = TrustedRoots.Read(path);

        Assert.Equal(count, roots.Count);
        var policy = roots.CreatePolicy();
        Assert.Equal((X509ChainTrustMode.CustomRootTrust, X509RevocationMode.NoCheck), (policy.TrustMode, policy.RevocationMode));
        Assert.Contains(_authority.Root, policy.CustomTrustStore);
    }

    [Theory]
    [MemberData(nameof(Faults))]
    public void A_file_that_cannot_be_used_is_reported_with_what_is_in_it(string fault, string expected)
    {
        var path = fault switch
        {
            "missing" => _folder.GetPath("ca"),
            "folder" => _folder.Path,
            "too large" => _folder.Write("ca", new byte[(1024 * 1024) + 1]),
            "empty" => _folder.Write("ca", ""),
            "garbage" => _folder.Write("ca", "not a certificate"),
            "private key" => _folder.Write("ca", TestData.RsaPrivatePem),
            "certificate request" => _folder.Write("ca", Pem.Replace("CERTIFICATE", "CERTIFICATE REQUEST", StringComparison.Ordinal)),
            "PKCS#12" => _folder.Write("ca", _authority.Root.Export(X509ContentType.Pkcs12)),
            "half-written" => _folder.Write("ca", $"{Pem}\n{Pem[..100]}"),
            "damaged" => _folder.Write("ca", Pem.Replace("\nMII", "\nAAA", StringComparison.Ordinal)),
            _ => _folder.Write("ca", _authority.Intermediate.ExportCertificatePem()),
        };

        var error = Assert.Throws<JwtGrantException>(() => TrustedRoots.Read(path));

        Assert.Equal((JwtGrantErrorKind.Configuration, "trusted_certificates_unusable", false), (error.Kind, error.Code, error.IsTransient));
        Assert.StartsWith($"TrustedCertificates: the file '{path}' {expected}", error.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void A_replaced_file_takes_effect_after_five_seconds_and_is_logged()
    {
        var trusted = Open(Pem);
        var first = trusted.Current;
        _folder.Write("ca", _other.Root.ExportCertificatePem());
        Assert.Same(first, trusted.Current);

        _time.Advance(TrustedCertificates.CheckInterval);

        Assert.Contains(_other.Root, trusted.Current.CreatePolicy().CustomTrustStore);
        Assert.Equal((1, 2), (first.Version, trusted.Current.Version));
        Assert.Equal($"Information 32 TrustedCertificates: the file '{trusted.Path}' has changed; new connections trust its 1 certificates", Assert.Single(_log.All));
    }

    [Fact]
    public void A_file_that_has_not_changed_keeps_its_certificates()
    {
        var trusted = Open(Pem);
        var first = trusted.Current;
        _folder.Write("ca", Pem);

        _time.Advance(TrustedCertificates.CheckInterval);

        Assert.Same(first, trusted.Current);
        Assert.Empty(_log.All);
    }

    [Fact]
    public void A_damaged_file_keeps_the_last_good_certificates_and_is_logged_once()
    {
        var trusted = Open(Pem);
        var first = trusted.Current;
        _folder.Write("ca", "");
        for (var i = 0; i < 3; i++)
        {
            _time.Advance(TrustedCertificates.CheckInterval);
            Assert.Same(first, trusted.Current);
        }
        Assert.StartsWith(
            "Warning 31 The file of TrustedCertificates could not be reloaded; the last good certificates (1) stay in use", Assert.Single(_log.All), StringComparison.Ordinal);

        _folder.Write("ca", _other.Root.ExportCertificatePem());
        _time.Advance(TrustedCertificates.CheckInterval);

        Assert.Contains(_other.Root, trusted.Current.CreatePolicy().CustomTrustStore);
    }

    private TrustedCertificates Open(string content) => new(_folder.Write("ca", content), _time, _log);
}
