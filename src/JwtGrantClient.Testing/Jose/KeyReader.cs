using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json;

namespace JwtGrantClient.Testing.Jose;

#pragma warning disable CA2000 // A key lives as long as its registration, which lives as long as the server.
/// <summary>Reads the public keys that are registered: PEM, or a JWK Set of RSA and EC keys (RFC 7518 section 6).</summary>
internal static class KeyReader
{
    /// <exception cref="ArgumentException">There is no usable key, or two have the same <c>kid</c>.</exception>
    public static IReadOnlyList<VerificationKey> Read(string? pem, string? keyId, string? jwks, string owner)
    {
        IReadOnlyList<VerificationKey> keys = (pem, jwks) switch
        {
            ({ } text, null) => [new VerificationKey(keyId, FromPem(text, owner))],
            (null, { } json) => [.. FromJwks(json, owner)],
            _ => throw new ArgumentException($"'{owner}' needs either PublicKeyPem or Jwks."),
        };
        if (keys.Where(key => key.KeyId is not null).GroupBy(key => key.KeyId).Any(group => group.Count() > 1))
            throw new ArgumentException($"'{owner}' has two keys with the same kid.");
        return keys;
    }

    private static AsymmetricAlgorithm FromPem(string pem, string owner)
    {
        var label = PemEncoding.TryFind(pem, out var fields) ? pem[fields.Label] : throw new ArgumentException($"The public key of '{owner}' is no PEM.");
        if (label == "CERTIFICATE")
        {
            using var certificate = X509Certificate2.CreateFromPem(pem);
            return certificate.GetRSAPublicKey() ?? (AsymmetricAlgorithm?)certificate.GetECDsaPublicKey()
                ?? throw new ArgumentException($"The certificate of '{owner}' has neither an RSA nor an EC key.");
        }
        if (label is not ("PUBLIC KEY" or "RSA PUBLIC KEY"))
            throw new ArgumentException($"The PEM of '{owner}' is a '{label}'; register the public key only.");
        try
        {
            var rsa = RSA.Create();
            rsa.ImportFromPem(pem);
            return rsa;
        }
        catch (Exception e) when (e is CryptographicException or ArgumentException)
        {
            var ec = ECDsa.Create();
            ec.ImportFromPem(pem);
            return ec;
        }
    }

    private static IEnumerable<VerificationKey> FromJwks(string jwks, string owner)
    {
        var json = StrictJson.TryParse(Encoding.UTF8.GetBytes(jwks), out var problem) ?? throw new ArgumentException($"The JWK Set of '{owner}' {problem}.");
        foreach (var jwk in json.GetProperty("keys").EnumerateArray())
        {
            // A key that is not for signatures is somebody else's business.
            if (jwk.Text("use") is not (null or "sig"))
                continue;
            yield return new(jwk.Text("kid"), FromJwk(jwk, owner), jwk.Text("alg"));
        }
    }

    private static AsymmetricAlgorithm FromJwk(JsonElement jwk, string owner) => jwk.Text("kty") switch
    {
        "RSA" => RSA.Create(new RSAParameters { Modulus = Member(jwk, "n", owner), Exponent = Member(jwk, "e", owner) }),
        "EC" => ECDsa.Create(new ECParameters
        {
            Curve = ECCurve.CreateFromFriendlyName(jwk.Text("crv") switch { "P-256" => "nistP256", "P-384" => "nistP384", "P-521" => "nistP521", var other => $"{other}" }),
            Q = { X = Member(jwk, "x", owner), Y = Member(jwk, "y", owner) },
        }),
        var kty => throw new ArgumentException($"A key of '{owner}' has the kty '{kty}'; this server verifies RSA and EC."),
    };

    private static byte[] Member(JsonElement jwk, string name, string owner) =>
        StrictBase64Url.TryDecode(jwk.Text(name) ?? "=", out var bytes)
            ? bytes
            : throw new ArgumentException($"A key of '{owner}' has no '{name}' in base64url.");
}
