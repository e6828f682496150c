using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;

namespace JwtGrantClient.Signing;

/// <summary>Parses a private JWK (RFC 7517). Its <c>use</c> and <c>key_ops</c> must allow signing.</summary>
internal static class JwkKey
{
    /// <summary>Parses a JWK in JSON.</summary>
    /// <exception cref="JwtGrantException">The JWK is malformed, does not allow signing, or is not a usable private key.</exception>
    public static KeyMaterial Parse(JsonElement json, KeySource source) => Parse(
        Jwk.TryRead(json) ?? throw source.Unusable(
            "there is a JWK that cannot be parsed", "A member has the wrong type: kty, kid and the numbers are strings, key_ops is an array."),
        source);

    /// <summary>Imports a JWK.</summary>
    /// <exception cref="JwtGrantException">The JWK does not allow signing, or is not a usable private key.</exception>
    public static KeyMaterial Parse(Jwk jwk, KeySource source)
    {
        if (FindProblem(jwk) is { } problem)
            throw source.Unusable($"there is a JWK {problem.Description}", problem.Remedy);
        try
        {
            var key = JwkNumbers.Import(jwk, source);
            var certificates = Certificates(jwk.X5c);
            if (certificates.Count > 0 && !KeyMaterial.Fits(key, certificates[0]))
                throw source.Unusable("there is a JWK whose x5c is a certificate of another key", "Use the certificate that was issued for this key.");
            return new()
            {
                Key = key,
                Format = $"JWK, {jwk.Kty}",
                KeyId = jwk.Kid,
                Algorithm = jwk.Alg,
                Certificate = certificates.Count > 0 ? certificates[0] : null,
                OtherCertificates = WithoutFirst(certificates),
            };
        }
        catch (Exception e) when (PrivateKey.IsImportError(e))
        {
            throw source.Unusable(
                $"there is a JWK with the kty {jwk.Kty} whose members are not a valid key",
                "The members are damaged or come from different keys. Check that the point is on the curve and that the private key belongs to the public key.");
        }
    }

    /// <summary>Parses the certificates of <c>x5c</c> (RFC 7517 section 4.7). The first one is that of the key.</summary>
    public static X509Certificate2Collection Certificates(IEnumerable<string> x5c)
    {
        var certificates = new X509Certificate2Collection();
        foreach (var der in x5c)
            certificates.Add(X509CertificateLoader.LoadCertificate(Convert.FromBase64String(der)));
        return certificates;
    }

    /// <summary>Returns the certificates of the issuers: all except the first one.</summary>
    public static X509Certificate2Collection WithoutFirst(X509Certificate2Collection certificates)
    {
        var others = new X509Certificate2Collection(certificates);
        if (others.Count > 0)
            others.RemoveAt(0);
        return others;
    }

    /// <summary>Returns why a JWK cannot sign, or null if it can.</summary>
    public static (string Description, string Remedy)? FindProblem(Jwk jwk) => jwk switch
    {
        { Kty: "oct" } => (
            "with the kty oct, a shared secret",
            "HMAC is refused: any party that can verify the assertion can also forge it. Create an RSA or EC key and register its public key with the server."),
        { Kty: "OKP", Crv: "Ed25519" } => ("with the kty OKP and the crv Ed25519", PrivateKey.Ed25519Remedy),
        { Kty: not ("RSA" or "EC" or "AKP") } => ("with an unknown kty", "Expected RSA, EC or AKP (ML-DSA)."),
        // RFC 7517 section 4.2.
        { Use: not (null or "sig") } => ("whose use is not sig", "A signing key has the use sig, or none. Use another key."),
        // RFC 7517 section 4.3.
        { KeyOps: { Count: > 0 } operations } when !operations.Contains("sign") => (
            "whose key_ops does not contain sign", "The key_ops of a signing key contains sign or is not set. Use another key, or the private key."),
        { Kty: "AKP" or "RSA" or "EC" } when jwk[jwk.Kty == "AKP" ? "priv" : "d"] is null => (
            "with only a public key", "Signing requires the private members; the public members are for the server."),
        { Kty: "RSA" } when jwk["p"] is null || jwk["q"] is null || jwk["dp"] is null || jwk["dq"] is null || jwk["qi"] is null => (
            "with the kty RSA and d, but without all of p, q, dp, dq and qi", "Export the key again with these members (RFC 7518 section 6.3.2)."),
        _ => null,
    };
}
