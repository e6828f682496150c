using System.Security.Cryptography;
using JwtGrantClient.Assertions;
using JwtGrantClient.Tests.TestSupport;

namespace JwtGrantClient.Tests.Assertions;

/// <summary>An assertion allocates its own string (2 x length + 24 bytes) and at most 384 bytes more. Unlike times, allocated bytes are the same in every run.</summary>
public sealed class AssertionAllocationTests
{
    private const int Rounds = 200;

    [Theory]
    [InlineData("RS256")]
    [InlineData("ES256")]
    public void Creating_an_assertion_allocates_its_string_and_at_most_384_bytes_more(string algorithm)
    {
        using var ec = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var pem = algorithm == "RS256" ? TestData.RsaPrivatePem : ec.ExportPkcs8PrivateKeyPem();
        var factory = new AssertionFactory(
            new("JWT", TestData.ClientId, TestData.ClientId, TestData.Issuer, AssertionLifetime.Default, new Dictionary<string, object>()),
            TestSigner.Load(new() { Text = pem, KeyId = TestData.KeyId }), TimeProvider.System, new(RandomNumberGenerator.Fill));
        var context = new AssertionContext();
        var length = Create(factory, context).Value.Length;

        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < Rounds; i++)
            Create(factory, context);
        var bytesPerAssertion = (GC.GetAllocatedBytesForCurrentThread() - before) / Rounds;

        Assert.InRange(bytesPerAssertion, length, 2 * length + 24 + 384);
    }

    private static Assertion Create(AssertionFactory factory, AssertionContext context)
    {
        var pending = factory.ProvideAsync(context, TestContext.Current.CancellationToken);
        return pending.IsCompletedSuccessfully ? pending.Result : throw new InvalidOperationException("A local key signs synchronously.");
    }
}
