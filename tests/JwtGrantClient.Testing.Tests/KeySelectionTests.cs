using System.Security.Cryptography;
using JwtGrantClient.Testing.Tests.TestSupport;

namespace JwtGrantClient.Testing.Tests;

/// <summary>S06, S07 and S08: which key judges, and by which algorithm.</summary>
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
    public async Task Each_RSA_algorithm_is_verified_and_told_from_the_others(string name)
    {
        var (hash, padding) = RsaAlgorithms[name];

        (await TestServer.Start().PresentAsync(new JwtBuilder().Head("alg", name).SignedBy(TestData.RsaKey, hash, padding))).ShouldBeGranted();

        foreach (var other in RsaAlgorithms.Keys.Where(other => other != name))
            (await TestServer.Start().PresentAsync(new JwtBuilder().Head("alg", other).SignedBy(TestData.RsaKey, hash, padding)))
                .ShouldBeRefused(AssertionRole.Grant, "S08");
    }

    [Fact]
    public async Task EC_signatures_are_verified_at_fixed_width_and_never_as_DER()
    {
        var server = WithKeys(Keys.Jwk(TestData.P256Key, "P-256", "ec"));
        JwtBuilder Jwt() => new JwtBuilder().Head("alg", "ES256").Head("kid", "ec");

        (await server.PresentAsync(Jwt().SignedBy(TestData.P256Key, HashAlgorithmName.SHA256))).ShouldBeGranted();
        (await server.PresentAsync(Jwt()
            .Signed(input => TestData.P256Key.SignData(input, HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence))))
            .ShouldBeRefused(AssertionRole.Grant, "S08");
        (await server.PresentAsync(Jwt().Signed(input => [.. TestData.P256Key.SignData(input, HashAlgorithmName.SHA256), 0])))
            .ShouldBeRefused(AssertionRole.Grant, "S08");
        (await server.PresentAsync(Jwt().Signed(_ => new byte[64]))).ShouldBeRefused(AssertionRole.Grant, "S08");
    }

    [Fact]
    public async Task ES384_is_verified_with_a_key_on_its_curve()
    {
        var jwt = new JwtBuilder().Head("alg", "ES384").Head("kid", "ec").SignedBy(TestData.P384Key, HashAlgorithmName.SHA384);

        (await WithKeys(Keys.Jwk(TestData.P384Key, "P-384", "ec")).PresentAsync(jwt)).ShouldBeGranted();
    }

    [Fact]
    public async Task ES256_by_a_key_on_another_curve_is_refused_though_it_would_verify()
    {
        var jwt = new JwtBuilder().Head("alg", "ES256").Head("kid", "ec").SignedBy(TestData.P384Key, HashAlgorithmName.SHA256);

        (await WithKeys(Keys.Jwk(TestData.P384Key, "P-384", "ec")).PresentAsync(jwt)).ShouldBeRefused(AssertionRole.Grant, "S06").Saying("curve");
    }

    [Fact]
    public async Task A_weak_RSA_key_is_refused_though_it_would_verify()
    {
        var jwt = new JwtBuilder().Head("kid", "weak").SignedBy(TestData.WeakRsaKey);

        (await WithKeys(Keys.Jwk(TestData.WeakRsaKey, "weak")).PresentAsync(jwt)).ShouldBeRefused(AssertionRole.Grant, "S06").Saying("1024 bits");
    }

    [Theory]
    [InlineData("ES256", "rsa"), InlineData("RS256", "ec"), InlineData("PS256", "ec")]
    public async Task The_algorithm_agrees_with_the_type_of_the_key(string algorithm, string keyId)
    {
        var server = WithKeys(Keys.Jwk(TestData.RsaKey, "rsa"), Keys.Jwk(TestData.P256Key, "P-256", "ec"));

        (await server.PresentAsync(new JwtBuilder().Head("alg", algorithm).Head("kid", keyId))).ShouldBeRefused(AssertionRole.Grant, "S06");
    }

    [Fact]
    public async Task A_key_that_is_registered_for_one_algorithm_serves_no_other()
    {
        var server = WithKeys(Keys.Jwk(TestData.RsaKey, "rsa").With("alg", "PS256"));
        JwtBuilder Jwt() => new JwtBuilder().Head("kid", "rsa");

        (await server.PresentAsync(Jwt())).ShouldBeRefused(AssertionRole.Grant, "S06").Saying("registered for PS256");
        (await server.PresentAsync(Jwt().Head("alg", "PS256").SignedBy(TestData.RsaKey, HashAlgorithmName.SHA256, RSASignaturePadding.Pss)))
            .ShouldBeGranted();
    }

    [Fact]
    public async Task A_client_that_is_registered_for_one_algorithm_uses_no_other()
    {
        var server = TestServer.Start(client: new()
        {
            Id = TestData.ClientId, PublicKeyPem = TestData.RsaKey.ExportSubjectPublicKeyInfoPem(), SigningAlgorithm = "PS256",
        });

        (await server.PresentAsync(new JwtBuilder(), AssertionRole.ClientAuthentication)).ShouldBeRefused(AssertionRole.ClientAuthentication, "S06");
        (await server.PresentAsync(new JwtBuilder().Head("alg", "PS256").SignedBy(TestData.RsaKey, HashAlgorithmName.SHA256, RSASignaturePadding.Pss)))
            .ShouldBeGranted();
    }

    [Fact]
    public async Task Of_two_keys_the_kid_names_one_and_no_other_is_tried()
    {
        var server = WithKeys(Keys.Jwk(TestData.RsaKey, "old"), Keys.Jwk(TestData.OtherRsaKey, "new"));

        (await server.PresentAsync(new JwtBuilder().Head("kid", "old"))).ShouldBeGranted();
        (await server.PresentAsync(new JwtBuilder().Head("kid", "new").SignedBy(TestData.OtherRsaKey))).ShouldBeGranted();
        (await server.PresentAsync(new JwtBuilder().Head("kid", "new"))).ShouldBeRefused(AssertionRole.Grant, "S08");
        (await server.PresentAsync(new JwtBuilder().Head("kid", "other"))).ShouldBeRefused(AssertionRole.Grant, "S07");
    }

    [Fact]
    public async Task Without_a_kid_the_one_key_that_fits_is_taken_and_of_two_none()
    {
        JwtBuilder Jwt() => new JwtBuilder().Without("kid");

        (await WithKeys(Keys.Jwk(TestData.RsaKey, "rsa")).PresentAsync(Jwt())).ShouldBeGranted();
        (await WithKeys(Keys.Jwk(TestData.RsaKey, "rsa"), Keys.Jwk(TestData.P256Key, "P-256", "ec")).PresentAsync(Jwt())).ShouldBeGranted();
        (await WithKeys(Keys.Jwk(TestData.RsaKey, "a"), Keys.Jwk(TestData.OtherRsaKey, "b")).PresentAsync(Jwt())).ShouldBeRefused(AssertionRole.Grant, "S07");
        (await WithKeys(Keys.Jwk(TestData.P256Key, "P-256", "a"), Keys.Jwk(TestData.P384Key, "P-384", "b")).PresentAsync(Jwt()))
            .ShouldBeRefused(AssertionRole.Grant, "S07");
    }

    [Theory]
    [InlineData("anything"), InlineData(null)]
    public async Task A_sole_key_that_was_registered_without_a_kid_answers_to_any(string? keyId)
    {
        var server = TestServer.Start(client: new() { Id = TestData.ClientId, PublicKeyPem = TestData.RsaKey.ExportSubjectPublicKeyInfoPem() });

        (await server.PresentAsync(keyId is null ? new JwtBuilder().Without("kid") : new JwtBuilder().Head("kid", keyId))).ShouldBeGranted();
    }

    private static TestServer WithKeys(params System.Text.Json.Nodes.JsonObject[] keys) =>
        TestServer.Start(client: new() { Id = TestData.ClientId, Jwks = Keys.Set(keys) });
}
