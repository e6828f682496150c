using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text.Json.Nodes;

namespace JwtGrantClient.Testing.Tests.TestSupport;

/// <summary>Public keys as JWKs (RFC 7518 section 6).</summary>
internal static class Keys
{
    public static JsonObject Jwk(RSA key, string? keyId)
    {
        var parameters = key.ExportParameters(includePrivateParameters: false);
        return Named(keyId, new() { ["kty"] = "RSA", ["n"] = Text(parameters.Modulus), ["e"] = Text(parameters.Exponent) });
    }

    public static JsonObject Jwk(ECDsa key, string curve, string? keyId)
    {
        var point = key.ExportParameters(includePrivateParameters: false).Q;
        return Named(keyId, new() { ["kty"] = "EC", ["crv"] = curve, ["x"] = Text(point.X), ["y"] = Text(point.Y) });
    }

    public static JsonObject With(this JsonObject jwk, string name, JsonNode? value)
    {
        jwk[name] = value;
        return jwk;
    }

    public static string Set(params JsonObject[] keys) => new JsonObject { ["keys"] = new JsonArray([.. keys]) }.ToJsonString();

    private static JsonObject Named(string? keyId, JsonObject jwk) => keyId is null ? jwk : jwk.With("kid", keyId);

    private static string Text(byte[]? bytes) => Base64Url.EncodeToString(bytes);
}
