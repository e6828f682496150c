using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using JwtGrantClient.Signing;
using JwtGrantClient.Tests.TestSupport;
using Microsoft.Extensions.Time.Testing;

namespace JwtGrantClient.Tests.Signing;

/// <summary>Uses a certificate store of the current user that only these tests use, and empties it afterwards.</summary>
public sealed class CertificateStoreTests : IDisposable
{
    private const string TestStore = "jwtgrantclient-tests";
    private const string StoreDescription = "the certificate store CurrentUser/jwtgrantclient-tests";

    private readonly X509Store _store = new(TestStore, StoreLocation.CurrentUser, OpenFlags.ReadWrite);
    private readonly X509Certificate2Collection _added = [];

    public void Dispose()
    {
        _store.RemoveRange(_added);
        _store.Dispose();
    }

    [Fact]
    public async Task A_certificate_is_found_by_SHA1_or_SHA256_thumbprint_and_by_subject()
    {
        var certificate = Add("CN=store-a, O=Example", TestData.Moment.AddYears(1));
        var spaced = "\u200e" + string.Join(' ', certificate.Thumbprint.Chunk(2).Select(pair => new string(pair)));

        foreach (var options in new CertificateStoreOptions[]
        {
            new() { Thumbprint = spaced, StoreName = TestStore },
            new() { Thumbprint = certificate.GetCertHashString(HashAlgorithmName.SHA256).ToLowerInvariant(), StoreName = TestStore },
            new() { Subject = "CN=store-a, O=Example", StoreName = TestStore },
            new() { Subject = "store-a", StoreName = TestStore },
        })
        {
            var signer = TestSigner.Load(new() { Certificate = options, X5t = true });

            Assert.Equal(("ES256", certificate.Thumbprint), (signer.Algorithm, signer.Identity.Certificate!.Thumbprint));
            Assert.Equal(64, (await signer.SignAsync(new byte[] { 1 }, TestContext.Current.CancellationToken)).Length);
        }
    }

    [Fact]
    public async Task A_renewed_certificate_is_used_without_a_restart()
    {
        var clock = new FakeTimeProvider(TestData.Moment);
        Add("CN=store-b", TestData.Moment.AddDays(100));
        var signer = SigningKeyLoader.Open(
            new() { Certificate = new() { Subject = "store-b", StoreName = TestStore }, KeyIdFrom = KeyIdSource.CertificateThumbprint }, clock, new LogLines());

        var renewed = Add("CN=store-b", TestData.Moment.AddDays(400));
        clock.Advance(ReloadingSigner.CheckInterval);

        Assert.Equal(renewed.Thumbprint, (await signer.GetCurrentAsync(TestContext.Current.CancellationToken)).KeyId);
    }

    [Fact]
    public void The_error_names_the_missing_certificate_key_or_store()
    {
        var thumbprint = new string('A', 40);
        using var keyless = X509CertificateLoader.LoadCertificate(Keys.CertificateFor(Keys.P256, "CN=store-c").RawData);
        _store.Add(keyless);
        _added.Add(keyless);

        var error = Assert.Throws<JwtGrantException>(() => TestSigner.Load(new() { Certificate = new() { Thumbprint = thumbprint, StoreName = TestStore } }));
        Assert.StartsWith($"In {StoreDescription} there is no certificate with the thumbprint {thumbprint[..8]}... (", error.Message, StringComparison.Ordinal);
        Assert.EndsWith("Import the certificate, or correct SigningKey:Certificate.", error.Message, StringComparison.Ordinal);
        ExpectNotFound(new() { Subject = "store-c", StoreName = TestStore }, $"In {StoreDescription} the certificate with the subject 'store-c' has no private key. Import the certificate again together with the key.");
        ExpectNotFound(new() { Thumbprint = "abc" }, "SigningKey:Certificate:Thumbprint has 3 hexadecimal digits; expected 40 (SHA-1) or 64 (SHA-256).");
        ExpectNotFound(new(), "SigningKey:Certificate requires exactly one of Thumbprint and Subject.");
        ExpectNotFound(new() { Subject = "x", Thumbprint = thumbprint }, "SigningKey:Certificate requires exactly one of Thumbprint and Subject.");
        ExpectNotFound(
            new() { Subject = "x", StoreName = "jwtgrantclient-none" },
            "There is no certificate store CurrentUser/jwtgrantclient-none, or it cannot be opened. Correct SigningKey:Certificate, or give the user of the process permission to open the store.");
    }

    private static void ExpectNotFound(CertificateStoreOptions options, string message) =>
        KeyLoaderAssert.Throws(new() { Certificate = options }, "signing_key_not_found", message);

    private X509Certificate2 Add(string subject, DateTimeOffset until)
    {
        using var key = Keys.Ec("nistP256");
        using var created = Keys.CertificateFor(key, subject, until);
        // The store keeps the private key only if the certificate is imported from PKCS#12.
        var certificate = X509CertificateLoader.LoadPkcs12(created.Export(X509ContentType.Pkcs12), null, X509KeyStorageFlags.Exportable | X509KeyStorageFlags.PersistKeySet);
        _store.Add(certificate);
        _added.Add(certificate);
        return certificate;
    }
}
