using System.Security.Cryptography;
using System.Text;
using BenchmarkDotNet.Attributes;

namespace JwtGrantClient.Benchmarks;

/// <summary>Measures the creation of an assertion, compared with a signature over the same bytes.</summary>
[GroupBenchmarksBy(BenchmarkDotNet.Configs.BenchmarkLogicalGroupRule.ByCategory)]
[CategoriesColumn]
public class Signing
{
    private readonly RSA _rsa = RSA.Create();
    private readonly ECDsa _ec = ECDsa.Create();
    private JwtGrantTokenSource _rs256 = null!, _es256 = null!;
    private byte[] _input = null!;

    [GlobalSetup]
    public async Task SetUp()
    {
        _rsa.ImportFromPem(TestData.RsaPem);
        _ec.ImportFromPem(TestData.EcPem);
        _rs256 = JwtGrantTokenSource.Create(TestData.Options(TestData.RsaPem));
        _es256 = JwtGrantTokenSource.Create(TestData.Options(TestData.EcPem));
        var assertion = (await _rs256.Assertions.GetAssertionAsync()).Value;
        _input = Encoding.ASCII.GetBytes(assertion[..assertion.LastIndexOf('.')]);
    }

    [GlobalCleanup]
    public async Task CleanUp()
    {
        await _rs256.DisposeAsync();
        await _es256.DisposeAsync();
    }

    [Benchmark(Baseline = true), BenchmarkCategory("RS256")]
    public byte[] BareRsa() => _rsa.SignData(_input, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);

    [Benchmark, BenchmarkCategory("RS256")]
    public Assertion AssertionRsa() => CreateAssertion(_rs256);

    [Benchmark(Baseline = true), BenchmarkCategory("ES256")]
    public byte[] BareEc() => _ec.SignData(_input, HashAlgorithmName.SHA256);

    [Benchmark, BenchmarkCategory("ES256")]
    public Assertion AssertionEc() => CreateAssertion(_es256);

    // A local key signs synchronously.
    private static Assertion CreateAssertion(JwtGrantTokenSource client)
    {
        var pending = client.Assertions.GetAssertionAsync();
        return pending.IsCompletedSuccessfully ? pending.Result : throw new InvalidOperationException();
    }
}
