using System.Security.Cryptography.X509Certificates;
using System.Text;
using FsCheck;
using FsCheck.Fluent;
using JwtGrantClient.Tests.TestSupport;
using TestData = JwtGrantClient.Tests.TestSupport.TestData;

namespace JwtGrantClient.Tests.Signing;

/// <summary>Whatever a file holds, the loader finds a key or throws the configuration error, and quotes nothing of it.</summary>
public sealed class KeyLoaderFuzzTests : IDisposable
{
    private const int Rounds = 3000, QuoteLength = 16;

    private static readonly byte[][] Seeds =
    [
        Encoding.UTF8.GetBytes(TestData.RsaPrivatePem),
        Encoding.UTF8.GetBytes(Keys.P256.ExportECPrivateKeyPem()),
        Encoding.UTF8.GetBytes($"{TestData.RsaKey.ExportRSAPrivateKeyPem()}\n{Keys.CertificateFor(TestData.RsaKey).ExportCertificatePem()}"),
        Encoding.UTF8.GetBytes(Keys.P256.ExportEncryptedPkcs8PrivateKeyPem(Keys.Password, Keys.Encryption)),
        Encoding.UTF8.GetBytes(Keys.PrivateJwk(TestData.RsaKey).With("kid", "a").With("use", "sig").ToJsonString()),
        Encoding.UTF8.GetBytes(Keys.ToJwkSet(Keys.PrivateJwk(Keys.P256).With("kid", "a"), Keys.PrivateJwk(TestData.RsaKey).With("kid", "b"))),
        Encoding.UTF8.GetBytes($$"""{"type":"service_account","private_key_id":"1","private_key":{{System.Text.Json.JsonSerializer.Serialize(TestData.RsaPrivatePem)}}}"""),
        Encoding.UTF8.GetBytes(Convert.ToBase64String(Keys.P256.ExportPkcs8PrivateKey())),
        TestData.RsaKey.ExportPkcs8PrivateKey(),
        TestData.RsaKey.ExportRSAPrivateKey(),
        Keys.P256.ExportECPrivateKey(),
        Keys.CertificateFor(Keys.P256).Export(X509ContentType.Pkcs12, Keys.Password),
        [],
    ];

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Throws_only_the_configuration_error_and_never_prints_the_key()
    {
        var path = _folder.GetPath("key");

        Prop.ForAll(Contents().ToArbitrary(), content =>
        {
            File.WriteAllBytes(path, content);
            AssertHandled(new() { Path = path, Password = Keys.Password }, content);
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(Rounds));
    }

    [Fact]
    public void Handles_every_seed_cut_at_every_hundredth_byte()
    {
        foreach (var seed in Seeds)
            for (var length = 0; length < seed.Length; length += 100)
                AssertHandled(new() { Path = _folder.Write("key", seed[..length]), Password = Keys.Password }, seed);
    }

    private static void AssertHandled(SigningKeyOptions options, byte[] content)
    {
        try
        {
            TestSigner.Load(options);
        }
        catch (JwtGrantException e)
        {
            Assert.Equal(JwtGrantErrorKind.Configuration, e.Kind);
            Assert.DoesNotContain(Keys.Password, e.ToString(), StringComparison.Ordinal);
            AssertQuotesNothing(e.ToString(), Encoding.Latin1.GetString(content));
        }
    }

    private static void AssertQuotesNothing(string said, string content)
    {
        var runs = Enumerable.Range(0, Math.Max(0, content.Length - QuoteLength)).Select(at => content.Substring(at, QuoteLength))
            .Where(run => run.All(c => char.IsAsciiLetterOrDigit(c) || c is '+' or '/' or '-' or '_') && run.Any(char.IsAsciiDigit)).ToHashSet();
        for (var at = 0; at + QuoteLength <= said.Length; at++)
            Assert.DoesNotContain(said.Substring(at, QuoteLength), runs);
    }

    /// <summary>A seed with up to six changes: a byte replaced, a stretch cut out, a stretch of another seed put in, the end cut off.</summary>
    private static Gen<byte[]> Contents() =>
        from seed in Gen.Elements(Seeds)
        from changes in Changes().ArrayOf().Resize(6)
        select changes.Aggregate(seed, (content, change) => change(content));

    private static Gen<Func<byte[], byte[]>> Changes() =>
        from kind in Gen.Choose(0, 3)
        from at in Gen.Choose(0, 4000)
        from length in Gen.Choose(1, 40)
        from value in Gen.Choose(0, 255)
        from other in Gen.Elements(Seeds)
        select new Func<byte[], byte[]>(content =>
        {
            if (content.Length == 0)
                return other;
            var place = at % content.Length;
            var end = Math.Min(content.Length, place + length);
            return kind switch
            {
                0 => [.. content[..place], (byte)value, .. content[(place + 1)..]],
                1 => [.. content[..place], .. content[end..]],
                2 => [.. content[..place], .. other.Take(length), .. content[place..]],
                _ => content[..place],
            };
        });
}
