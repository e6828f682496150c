using System.Text.Json.Nodes;
using JwtGrantClient.Tests.TestSupport;

namespace JwtGrantClient.Tests.Signing;

public sealed class JwkSetTests
{
    private static readonly JsonObject Rsa = Keys.PrivateJwk(TestData.RsaKey), Ec = Keys.PrivateJwk(Keys.P256);

    private static readonly string Overlap = Keys.ToJwkSet(
        Ec.With("kid", "encrypts").With("use", "enc"), Rsa.With("kid", "old").With("alg", "RS256"), Ec.With("kid", "new"), Rsa.With("kid", "pss").With("alg", "PS256"));

    [Theory]
    [InlineData("old", null, "old", "RS256")]
    [InlineData("new", null, "new", "ES256")]
    [InlineData("pss", "PS256", "pss", "PS256")]
    [InlineData(null, null, "old", "RS256")]
    [InlineData(null, "PS256", "pss", "PS256")]
    public void Goes_by_kid_then_by_use_and_algorithm(string? keyId, string? algorithm, string chosen, string signsWith)
    {
        var signer = TestSigner.Load(new() { Text = Overlap, KeyId = keyId, Algorithm = algorithm });

        Assert.Equal((chosen, signsWith), (signer.KeyId, signer.Algorithm));
    }

    [Fact]
    public void Passes_over_keys_that_it_does_not_understand()
    {
        var set = Keys.ToJwkSet(Rsa.With("kid", 7), new JsonObject { ["kty"] = "future", ["kid"] = "f" }, new JsonObject { ["kty"] = "oct", ["k"] = "c2VjcmV0" }, Ec.With("kid", "new"));

        Assert.Equal("new", TestSigner.Load(new() { Text = set }).KeyId);
    }

    [Fact]
    public void Says_which_names_there_are() => KeyLoaderAssert.Throws(
        new() { Text = Overlap, KeyId = "newer" }, "signing_key_not_found",
        "In the key in SigningKey:Text there is a JWK set with no key named 'newer'; the set has 'encrypts', 'old', 'new', 'pss'. Correct SigningKey:KeyId, or the set.");

    [Fact]
    public void Says_that_no_key_can_sign()
    {
        const string Remedy = "A key to sign with has its private members, and no use other than sig.";

        KeyLoaderAssert.Throws(new() { Text = Overlap, Algorithm = "RS512" }, "signing_key_not_found",
            $"In the key in SigningKey:Text there is a JWK set with no private key for signing with RS512 among 4. {Remedy}");
        KeyLoaderAssert.Throws(new() { Text = Keys.ToJwkSet(Ec.Without("d"), Rsa.With("use", "enc")) }, "signing_key_not_found",
            $"In the key in SigningKey:Text there is a JWK set with no private key for signing among 2. {Remedy}");
        KeyLoaderAssert.Throws(new() { Text = """{"keys":[]}""" }, "signing_key_not_found",
            $"In the key in SigningKey:Text there is a JWK set with no private key for signing among 0. {Remedy}");
        KeyLoaderAssert.Throws(new() { Text = """{"keys":{}}""" }, "signing_key_unusable",
            "In the key in SigningKey:Text there is a JWK set whose keys are no array of objects. Expected {\"keys\": [{\"kty\": ...}, ...]}.");
    }

    [Fact]
    public void Refuses_two_keys_of_one_name() => KeyLoaderAssert.Throws(
        new() { Text = Keys.ToJwkSet(Rsa.With("kid", "a"), Ec.With("kid", "a")), KeyId = "a" }, "signing_key_unusable",
        "In the key in SigningKey:Text there is a JWK set with 2 keys named 'a'. Give each key a kid of its own.");

    [Fact]
    public void Says_why_the_only_key_cannot_sign() => KeyLoaderAssert.Throws(
        new() { Text = Keys.ToJwkSet(Rsa.With("kid", "a").With("use", "enc")) }, "signing_key_unusable",
        "In the key in SigningKey:Text there is a JWK whose use is not sig. A key to sign with has use sig, or none. Give another key.");
}
