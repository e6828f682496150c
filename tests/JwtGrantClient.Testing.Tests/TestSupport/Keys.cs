using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Org.BouncyCastle.Crypto.Parameters;

namespace JwtGrantClient.Testing.Tests.TestSupport;

/// <summary>Creates JWKs and JWK sets of public keys (RFC 7518 section 6).</summary>
internal static class Keys
{
    public static JsonObject Jwk(RSA key, string? keyId)
    {
        var parameters = key.ExportParameters(includePrivateParameters: false);
        return WithKeyId(keyId, new() { ["kty"] = "RSA", ["n"] = Encode(parameters.Modulus), ["e"] = Encode(parameters.Exponent) });
    }

    public static JsonObject Jwk(ECDsa key, string curve, string? keyId)
    {
        var point = key.ExportParameters(includePrivateParameters: false).Q;
        return WithKeyId(keyId, new() { ["kty"] = "EC", ["crv"] = curve, ["x"] = Encode(point.X), ["y"] = Encode(point.Y) });
    }

    public static JsonObject Jwk(Ed25519PrivateKeyParameters key, string? keyId) =>
        WithKeyId(keyId, new() { ["kty"] = "OKP", ["crv"] = "Ed25519", ["x"] = Encode(key.GeneratePublicKey().GetEncoded()) });

    public static JsonObject Jwk(MLDsaPrivateKeyParameters key, string? keyId) =>
        WithKeyId(keyId, new() { ["kty"] = "AKP", ["alg"] = key.Parameters.Name, ["pub"] = Encode(key.GetPublicKeyEncoded()) });

    public static JsonObject With(this JsonObject jwk, string name, JsonNode? value)
    {
        jwk[name] = value;
        return jwk;
    }

    public static JsonObject Without(this JsonObject jwk, string name)
    {
        jwk.Remove(name);
        return jwk;
    }

    public static string JwkSet(params JsonObject[] keys) => new JsonObject { ["keys"] = new JsonArray([.. keys]) }.ToJsonString();

    private static JsonObject WithKeyId(string? keyId, JsonObject jwk) => keyId is null ? jwk : jwk.With("kid", keyId);

    private static string Encode(byte[]? bytes) => Base64Url.EncodeToString(bytes);
}
