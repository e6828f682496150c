using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;

namespace JwtGrantClient.Signing;

/// <summary>A private JWK (RFC 7517): what it says of its own use is respected.</summary>
internal static class JwkKey
{
    public static KeyMaterial Parse(JsonElement json, KeySource content) => Parse(
        Jwk.TryRead(json) ?? throw content.Unusable(
            "there is a JWK that does not parse", "A member is of the wrong type: kty, kid and the numbers are strings, key_ops is an " +
            "array."),
        content);

    public static KeyMaterial Parse(Jwk jwk, KeySource content)
    {
        if (Refusal(jwk) is { } refusal)
            throw content.Unusable($"there is a JWK {refusal.Seen}", refusal.Remedy);
        try
        {
            var key = JwkNumbers.Import(jwk, content);
            var certificates = Certificates(jwk.X5c);
            if (certificates.Count > 0 && !KeyMaterial.Fits(key, certificates[0]))
                throw content.Unusable("there is a JWK whose x5c is a certificate of another key", "Give the certificate that was " +
                    "issued for this key.");
            return new()
            {
                Key = key,
                Format = $"JWK, {jwk.Kty}",
                KeyId = jwk.Kid,
                Algorithm = jwk.Alg,
                Certificate = certificates.FirstOrDefault(),
                Others = [.. certificates.Skip(1)],
            };
        }
        catch (Exception e) when (PrivateKey.IsDamage(e))
        {
            throw content.Unusable(
                $"there is a JWK of the kind {jwk.Kty} whose members do not make a key",
                "They are damaged, or come from different keys: make sure that the point is on the curve and the private part belongs " +
                "to the public one.");
        }
    }

    /// <summary>Reads the certificates of an <c>x5c</c> (RFC 7517 section 4.7): the key's own first.</summary>
    public static X509Certificate2Collection Certificates(IEnumerable<string> x5c) =>
        [.. x5c.Select(der => X509CertificateLoader.LoadCertificate(Convert.FromBase64String(der)))];

    /// <summary>Why a key may not sign, or null where it may.</summary>
    public static (string Seen, string Remedy)? Refusal(Jwk jwk) => jwk switch
    {
        { Kty: "oct" } => (
            "of the kind oct, a shared secret",
            "HMAC is refused, for whoever can check such an assertion can also forge it. Make an RSA or EC key and register its public " +
            "part."),
        { Kty: "OKP", Crv: "Ed25519" } => ("of the kind OKP, Ed25519", PrivateKey.Ed25519Remedy),
        { Kty: not ("RSA" or "EC" or "AKP") } => ("whose kty is not known", "Expected RSA, EC or AKP (ML-DSA)."),
        // RFC 7517 section 4.2.
        { Use: not (null or "sig") } => ("whose use is not sig", "A key to sign with has use sig, or none. Give another key."),
        // RFC 7517 section 4.3.
        { KeyOps: { Count: > 0 } operations } when !operations.Contains("sign") => (
            "whose key_ops do not have sign", "A key to sign with has sign among its key_ops, or none. Give another key, or the private " +
            "one."),
        { Kty: "AKP" or "RSA" or "EC" } when jwk[jwk.Kty == "AKP" ? "priv" : "d"] is null => (
            "with a public key only", "Signing needs the private members; the public ones are for the server."),
        { Kty: "RSA" } when jwk["p"] is null || jwk["q"] is null || jwk["dp"] is null || jwk["dq"] is null || jwk["qi"] is null => (
            "of the kind RSA with d, but without all of p, q, dp, dq and qi", "Export the key again with them (RFC 7518 section 6.3.2)."),
        _ => null,
    };
}
