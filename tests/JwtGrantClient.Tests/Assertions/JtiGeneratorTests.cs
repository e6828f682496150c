using System.Buffers.Text;
using System.Net;
using System.Text;
using JwtGrantClient.Assertions;
using JwtGrantClient.Tests.TestSupport;

namespace JwtGrantClient.Tests.Assertions;

/// <summary>The <c>jti</c> of assertions and proofs: 160 bits, all of them random (RFC 7519 section 4.1.7).</summary>
public sealed class JtiGeneratorTests
{
    private const int RandomBits = 160;
    // A random bit has the same value in all samples with a probability of 2^-63, for all bits together less than 2^-54.
    private const int Samples = 64;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public void An_id_contains_all_the_bits_of_the_random_source()
    {
        var bytes = Enumerable.Range(1, 20).Select(number => (byte)number).ToArray();
        var id = new byte[JtiGenerator.Length];

        new JtiGenerator(buffer => bytes.CopyTo(buffer)).Write(id);

        Assert.Equal(bytes, Base64Url.DecodeFromUtf8(id));
    }

    [Fact]
    public async Task Every_bit_of_the_id_of_an_assertion_is_random()
    {
        var options = TestClient.Options();
        (options.Issuer, options.ClientAuthentication) = (TestData.Issuer, ClientAuthenticationMethod.PrivateKeyJwt);
        await using var tokens = JwtGrantTokenSource.Create(options, tokenEndpointHandler: new FakeTokenEndpoint().Handler);
        List<string> ids = [];
        for (var i = 0; i < Samples; i++)
            ids.Add(Jwt.Parse((await tokens.Assertions.GetAssertionAsync(Cancellation)).Value)["jti"]!);

        AssertRandom(ids);
    }

    [Fact]
    public async Task Every_bit_of_the_ids_of_a_grant_assertion_and_of_a_DPoP_proof_is_random()
    {
        List<string> grants = [], proofs = [];
        var options = TestClient.Options();
        options.DPoP.Enabled = true;
        await using var tokens = JwtGrantTokenSource.Create(options, tokenEndpointHandler: new StubHandler(async (request, cancellationToken) =>
        {
            var form = System.Web.HttpUtility.ParseQueryString(await request.Content!.ReadAsStringAsync(cancellationToken));
            grants.Add(Jwt.Parse(form["assertion"]!)["jti"]!);
            proofs.Add(Jwt.Parse(request.Headers.GetValues("DPoP").Single())["jti"]!);
            return new(HttpStatusCode.OK)
            {
                Content = new StringContent("""{"access_token":"abc","token_type":"DPoP","expires_in":60}""", Encoding.UTF8, "application/json"),
            };
        }));
        for (var i = 0; i < Samples; i++)
            await tokens.GetTokenAsync(new TokenRequest { Scope = $"scope-{i}" }, Cancellation);

        AssertRandom(grants);
        AssertRandom(proofs);
        Assert.Empty(grants.Intersect(proofs));
    }

    private static void AssertRandom(IReadOnlyCollection<string> ids)
    {
        Assert.Equal(Samples, ids.Distinct().Count());
        var bits = ids.Select(id => Base64Url.DecodeFromChars(id)).ToList();
        Assert.All(bits, id => Assert.Equal(RandomBits, 8 * id.Length));
        for (var bit = 0; bit < RandomBits; bit++)
            Assert.Equal([false, true], bits.Select(id => (id[bit / 8] >> (bit % 8) & 1) == 1).Distinct().Order());
    }
}
