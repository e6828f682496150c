using System.Security.Cryptography;
using JwtGrantClient.Testing.Tests.TestSupport;

namespace JwtGrantClient.Testing.Tests;

/// <summary>The key and the algorithm that verify a signature (RFC 7515 section 4.1.4, RFC 8725 section 3.1).</summary>
public sealed class KeySelectionTests
{
    private static readonly Dictionary<string, (HashAlgorithmName Hash, RSASignaturePadding Padding)> RsaAlgorithms = new()
    {
        ["RS256"] = (HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1),
        ["RS384"] = (HashAlgorithmName.SHA384, RSASignaturePadding.Pkcs1),
        ["RS512"] = (HashAlgorithmName.SHA512, RSASignaturePadding.Pkcs1),
        ["PS256"] = (HashAlgorithmName.SHA256, RSASignaturePadding.Pss),
        ["PS384"] = (HashAlgorithmName.SHA384, RSASignaturePadding.Pss),
        ["PS512"] = (HashAlgorithmName.SHA512, RSASignaturePadding.Pss),
    };

    [Theory]
    [InlineData("RS256"), InlineData("RS384"), InlineData("RS512"), InlineData("PS256"), InlineData("PS384"), InlineData("PS512")]
    public async Task An_RSA_signature_is_accepted_only_under_its_own_algorithm(string name)
    {
        var (hash, padding) = RsaAlgorithms[name];

        (await TestServer.Start().PresentAsync(new JwtBuilder().WithHeader("alg", name).SignedBy(TestData.RsaKey, hash, padding))).ShouldBeGranted();

        foreach (var other in RsaAlgorithms.Keys.Where(other => other != name))
            (await TestServer.Start().PresentAsync(new JwtBuilder().WithHeader("alg", other).SignedBy(TestData.RsaKey, hash, padding)))
                .ShouldBeRefused(AssertionRole.Grant, "S08");
    }

    [Fact]
    public async Task An_ES256_signature_is_accepted_at_its_fixed_length_only_and_not_as_DER()
    {
        var server = WithKeys(Keys.Jwk(TestData.P256Key, "P-256", "ec"));
        JwtBuilder CreateJwt() => new JwtBuilder().WithHeader("alg", "ES256").WithHeader("kid", "ec");

        (await server.PresentAsync(CreateJwt().SignedBy(TestData.P256Key, HashAlgorithmName.SHA256))).ShouldBeGranted();
        (await server.PresentAsync(CreateJwt()
            .SignedWith(input => TestData.P256Key.SignData(input, HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence))))
            .ShouldBeRefused(AssertionRole.Grant, "S08");
        (await server.PresentAsync(CreateJwt().SignedWith(input => [.. TestData.P256Key.SignData(input, HashAlgorithmName.SHA256), 0])))
            .ShouldBeRefused(AssertionRole.Grant, "S08");
        (await server.PresentAsync(CreateJwt().SignedWith(_ => new byte[64]))).ShouldBeRefused(AssertionRole.Grant, "S08");
    }

    [Fact]
    public async Task An_ES384_signature_by_a_P384_key_is_accepted()
    {
        var jwt = new JwtBuilder().WithHeader("alg", "ES384").WithHeader("kid", "ec").SignedBy(TestData.P384Key, HashAlgorithmName.SHA384);

        (await WithKeys(Keys.Jwk(TestData.P384Key, "P-384", "ec")).PresentAsync(jwt)).ShouldBeGranted();
    }

    [Fact]
    public async Task An_ES256_signature_by_a_P384_key_is_refused_although_it_verifies()
    {
        var jwt = new JwtBuilder().WithHeader("alg", "ES256").WithHeader("kid", "ec").SignedBy(TestData.P384Key, HashAlgorithmName.SHA256);

        (await WithKeys(Keys.Jwk(TestData.P384Key, "P-384", "ec")).PresentAsync(jwt)).ShouldBeRefused(AssertionRole.Grant, "S06").WithExplanation("curve");
    }

    [Fact]
    public async Task A_signature_by_a_1024_bit_RSA_key_is_refused_although_it_verifies()
    {
        var jwt = new JwtBuilder().WithHeader("kid", "weak").SignedBy(TestData.WeakRsaKey);

        (await WithKeys(Keys.Jwk(TestData.WeakRsaKey, "weak")).PresentAsync(jwt)).ShouldBeRefused(AssertionRole.Grant, "S06").WithExplanation("1024 bits");
    }

    [Theory]
    [InlineData("ES256", "rsa"), InlineData("RS256", "ec"), InlineData("PS256", "ec")]
    public async Task An_algorithm_that_does_not_match_the_key_type_is_refused(string algorithm, string keyId)
    {
        var server = WithKeys(Keys.Jwk(TestData.RsaKey, "rsa"), Keys.Jwk(TestData.P256Key, "P-256", "ec"));

        (await server.PresentAsync(new JwtBuilder().WithHeader("alg", algorithm).WithHeader("kid", keyId))).ShouldBeRefused(AssertionRole.Grant, "S06");
    }

    [Fact]
    public async Task A_key_that_is_registered_for_one_algorithm_is_refused_with_another()
    {
        var server = WithKeys(Keys.Jwk(TestData.RsaKey, "rsa").With("alg", "PS256"));
        JwtBuilder CreateJwt() => new JwtBuilder().WithHeader("kid", "rsa");

        (await server.PresentAsync(CreateJwt())).ShouldBeRefused(AssertionRole.Grant, "S06").WithExplanation("registered for PS256");
        (await server.PresentAsync(CreateJwt().WithHeader("alg", "PS256").SignedBy(TestData.RsaKey, HashAlgorithmName.SHA256, RSASignaturePadding.Pss)))
            .ShouldBeGranted();
    }

    [Fact]
    public async Task A_client_that_is_registered_for_one_algorithm_is_refused_with_another()
    {
        var server = TestServer.Start(client: new()
        {
            Id = TestData.ClientId, PublicKeyPem = TestData.RsaKey.ExportSubjectPublicKeyInfoPem(), SigningAlgorithm = "PS256",
        });

        (await server.PresentAsync(new JwtBuilder(), AssertionRole.ClientAuthentication)).ShouldBeRefused(AssertionRole.ClientAuthentication, "S06");
        (await server.PresentAsync(new JwtBuilder().WithHeader("alg", "PS256").SignedBy(TestData.RsaKey, HashAlgorithmName.SHA256, RSASignaturePadding.Pss)))
            .ShouldBeGranted();
    }

    [Fact]
    public async Task Only_the_key_that_the_kid_selects_is_tried()
    {
        var server = WithKeys(Keys.Jwk(TestData.RsaKey, "old"), Keys.Jwk(TestData.OtherRsaKey, "new"));

        (await server.PresentAsync(new JwtBuilder().WithHeader("kid", "old"))).ShouldBeGranted();
        (await server.PresentAsync(new JwtBuilder().WithHeader("kid", "new").SignedBy(TestData.OtherRsaKey))).ShouldBeGranted();
        (await server.PresentAsync(new JwtBuilder().WithHeader("kid", "new"))).ShouldBeRefused(AssertionRole.Grant, "S08");
        (await server.PresentAsync(new JwtBuilder().WithHeader("kid", "other"))).ShouldBeRefused(AssertionRole.Grant, "S07");
    }

    [Fact]
    public async Task A_JWT_without_a_kid_is_accepted_only_if_one_single_key_matches()
    {
        JwtBuilder CreateJwt() => new JwtBuilder().Without("kid");

        (await WithKeys(Keys.Jwk(TestData.RsaKey, "rsa")).PresentAsync(CreateJwt())).ShouldBeGranted();
        (await WithKeys(Keys.Jwk(TestData.RsaKey, "rsa"), Keys.Jwk(TestData.P256Key, "P-256", "ec")).PresentAsync(CreateJwt())).ShouldBeGranted();
        (await WithKeys(Keys.Jwk(TestData.RsaKey, "a"), Keys.Jwk(TestData.OtherRsaKey, "b")).PresentAsync(CreateJwt())).ShouldBeRefused(AssertionRole.Grant, "S07");
        (await WithKeys(Keys.Jwk(TestData.P256Key, "P-256", "a"), Keys.Jwk(TestData.P384Key, "P-384", "b")).PresentAsync(CreateJwt()))
            .ShouldBeRefused(AssertionRole.Grant, "S07");
    }

    [Theory]
    [InlineData("anything"), InlineData(null)]
    public async Task A_single_key_registered_without_a_kid_accepts_any_kid(string? keyId)
    {
        var server = TestServer.Start(client: new() { Id = TestData.ClientId, PublicKeyPem = TestData.RsaKey.ExportSubjectPublicKeyInfoPem() });

        (await server.PresentAsync(keyId is null ? new JwtBuilder().Without("kid") : new JwtBuilder().WithHeader("kid", keyId))).ShouldBeGranted();
    }

    private static TestServer WithKeys(params System.Text.Json.Nodes.JsonObject[] keys) =>
        TestServer.Start(client: new() { Id = TestData.ClientId, Jwks = Keys.JwkSet(keys) });
}
