using System.Security.Cryptography.X509Certificates;
using System.Text;
using FsCheck;
using FsCheck.Fluent;
using JwtGrantClient.Tests.TestSupport;
using TestData = JwtGrantClient.Tests.TestSupport.TestData;

namespace JwtGrantClient.Tests.Signing;

/// <summary>Whatever a file contains, the loader returns a key or throws a configuration error that does not quote the content.</summary>
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
    public void Random_changes_to_keys_cause_only_configuration_errors_that_do_not_reveal_the_key()
    {
        var path = _folder.GetPath("key");

        Prop.ForAll(Contents().ToArbitrary(), content =>
        {
            File.WriteAllBytes(path, content);
            AssertHandled(new() { Path = path, Password = Keys.Password }, content);
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(Rounds));
    }

    [Fact]
    public void Truncated_keys_cause_only_configuration_errors_that_do_not_reveal_the_key()
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

    private static void AssertQuotesNothing(string message, string content)
    {
        var runs = Enumerable.Range(0, Math.Max(0, content.Length - QuoteLength)).Select(index => content.Substring(index, QuoteLength))
            .Where(run => run.All(c => char.IsAsciiLetterOrDigit(c) || c is '+' or '/' or '-' or '_') && run.Any(char.IsAsciiDigit)).ToHashSet();
        for (var index = 0; index + QuoteLength <= message.Length; index++)
            Assert.DoesNotContain(message.Substring(index, QuoteLength), runs);
    }

    /// <summary>Generates a seed with up to six changes: a replaced byte, a removed range, an inserted range of another seed, or a removed end.</summary>
    private static Gen<byte[]> Contents() =>
        from seed in Gen.Elements(Seeds)
        from changes in Changes().ArrayOf().Resize(6)
        select changes.Aggregate(seed, (content, change) => change(content));

    private static Gen<Func<byte[], byte[]>> Changes() =>
        from kind in Gen.Choose(0, 3)
        from index in Gen.Choose(0, 4000)
        from length in Gen.Choose(1, 40)
        from value in Gen.Choose(0, 255)
        from other in Gen.Elements(Seeds)
        select new Func<byte[], byte[]>(content =>
        {
            if (content.Length == 0)
                return other;
            var start = index % content.Length;
            var end = Math.Min(content.Length, start + length);
            return kind switch
            {
                0 => [.. content[..start], (byte)value, .. content[(start + 1)..]],
                1 => [.. content[..start], .. content[end..]],
                2 => [.. content[..start], .. other.Take(length), .. content[start..]],
                _ => content[..start],
            };
        });
}
