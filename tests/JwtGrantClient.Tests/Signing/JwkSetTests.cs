using System.Text.Json.Nodes;
using JwtGrantClient.Tests.TestSupport;

namespace JwtGrantClient.Tests.Signing;

public sealed class JwkSetTests
{
    private static readonly JsonObject Rsa = Keys.PrivateJwk(TestData.RsaKey), Ec = Keys.PrivateJwk(Keys.P256);

    private static readonly string MixedSet = Keys.ToJwkSet(
        Ec.With("kid", "encrypts").With("use", "enc"), Rsa.With("kid", "old").With("alg", "RS256"), Ec.With("kid", "new"), Rsa.With("kid", "pss").With("alg", "PS256"));

    [Theory]
    [InlineData("old", null, "old", "RS256")]
    [InlineData("new", null, "new", "ES256")]
    [InlineData("pss", "PS256", "pss", "PS256")]
    [InlineData(null, null, "old", "RS256")]
    [InlineData(null, "PS256", "pss", "PS256")]
    public void A_key_is_selected_by_kid_then_by_use_and_algorithm(string? keyId, string? algorithm, string chosen, string signsWith)
    {
        var signer = TestSigner.Load(new() { Text = MixedSet, KeyId = keyId, Algorithm = algorithm });

        Assert.Equal((chosen, signsWith), (signer.KeyId, signer.Algorithm));
    }

    [Fact]
    public void Keys_of_an_unknown_kind_are_skipped()
    {
        var set = Keys.ToJwkSet(Rsa.With("kid", 7), new JsonObject { ["kty"] = "future", ["kid"] = "f" }, new JsonObject { ["kty"] = "oct", ["k"] = "c2VjcmV0" }, Ec.With("kid", "new"));

        Assert.Equal("new", TestSigner.Load(new() { Text = set }).KeyId);
    }

    [Fact]
    public void The_error_for_an_unknown_kid_lists_the_kids_of_the_set() => KeyLoaderAssert.Throws(
        new() { Text = MixedSet, KeyId = "newer" }, "signing_key_not_found",
        "In SigningKey:Text there is a JWK set with no key with the kid 'newer'; the set has 'encrypts', 'old', 'new', 'pss'. Correct SigningKey:KeyId or the set.");

    [Fact]
    public void A_set_without_a_private_signing_key_is_rejected()
    {
        const string Remedy = "A signing key has its private members, and its use is sig or not set.";

        KeyLoaderAssert.Throws(new() { Text = MixedSet, Algorithm = "RS512" }, "signing_key_not_found",
            $"In SigningKey:Text there is a JWK set with no private key for signing with RS512 (keys searched: 4). {Remedy}");
        KeyLoaderAssert.Throws(new() { Text = Keys.ToJwkSet(Ec.Without("d"), Rsa.With("use", "enc")) }, "signing_key_not_found",
            $"In SigningKey:Text there is a JWK set with no private key for signing (keys searched: 2). {Remedy}");
        KeyLoaderAssert.Throws(new() { Text = """{"keys":[]}""" }, "signing_key_not_found",
            $"In SigningKey:Text there is a JWK set with no private key for signing (keys searched: 0). {Remedy}");
        KeyLoaderAssert.Throws(new() { Text = """{"keys":{}}""" }, "signing_key_unusable",
            "In SigningKey:Text there is a JWK set whose keys is not an array of objects. Expected {\"keys\": [{\"kty\": ...}, ...]}.");
    }

    [Fact]
    public void Two_keys_with_the_same_kid_are_rejected() => KeyLoaderAssert.Throws(
        new() { Text = Keys.ToJwkSet(Rsa.With("kid", "a"), Ec.With("kid", "a")), KeyId = "a" }, "signing_key_unusable",
        "In SigningKey:Text there is a JWK set with 2 keys with the kid 'a'. Give each key its own kid.");

    [Fact]
    public void The_error_says_why_the_only_key_of_the_set_cannot_sign() => KeyLoaderAssert.Throws(
        new() { Text = Keys.ToJwkSet(Rsa.With("kid", "a").With("use", "enc")) }, "signing_key_unusable",
        "In SigningKey:Text there is a JWK whose use is not sig. A signing key has the use sig, or none. Use another key.");
}
