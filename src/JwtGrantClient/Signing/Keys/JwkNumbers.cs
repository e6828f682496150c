using System.Buffers.Text;
using System.Security.Cryptography;

namespace JwtGrantClient.Signing;

/// <summary>
/// Imports a private JWK as a .NET key (RFC 7518 section 6, RFC 9964). Some programs write numbers with missing or additional leading zeros; .NET
/// requires exact lengths.
/// </summary>
internal static class JwkNumbers
{
    private const int SeedBytes = 32;

    /// <summary>Imports a JWK with the <c>kty</c> RSA, EC or AKP.</summary>
    /// <exception cref="JwtGrantException">The members are not allowed.</exception>
    public static IDisposable Import(Jwk jwk, KeySource source) => jwk.Kty switch
    {
        "RSA" => ImportRsa(jwk, source),
        "EC" => ImportEc(jwk, source),
        _ => ImportMlDsa(jwk, source),
    };

    private static RSA ImportRsa(Jwk jwk, KeySource source)
    {
        var modulus = DecodeNumber(jwk["n"]);
        var exponent = DecodeNumber(jwk["e"]);
        if (!RsaSigner.IsValidExponent(exponent))
            throw source.Unusable(
                "there is an RSA JWK with a public exponent that is even or 1 and therefore not secure", "Create a new key with the exponent 65537.");
        var halfLength = (modulus.Length + 1) / 2;
        return RSA.Create(new RSAParameters
        {
            Modulus = modulus,
            Exponent = exponent,
            D = DecodeNumber(jwk["d"], modulus.Length),
            P = DecodeNumber(jwk["p"], halfLength),
            Q = DecodeNumber(jwk["q"], halfLength),
            DP = DecodeNumber(jwk["dp"], halfLength),
            DQ = DecodeNumber(jwk["dq"], halfLength),
            InverseQ = DecodeNumber(jwk["qi"], halfLength),
        });
    }

    private static ECDsa ImportEc(Jwk jwk, KeySource source)
    {
        var (curve, size) = jwk.Crv switch
        {
            "P-256" => (ECCurve.NamedCurves.nistP256, 32),
            "P-384" => (ECCurve.NamedCurves.nistP384, 48),
            "P-521" => (ECCurve.NamedCurves.nistP521, 66),
            _ => throw source.Unusable("there is an EC JWK whose crv is not P-256, P-384 or P-521", "Create a key on one of them (RFC 7518 section 6.2.1.1)."),
        };
        return ECDsa.Create(new ECParameters
        {
            Curve = curve,
            Q = new() { X = DecodeNumber(jwk["x"], size), Y = DecodeNumber(jwk["y"], size) },
            D = DecodeNumber(jwk["d"], size),
        });
    }

    private static MLDsa ImportMlDsa(Jwk jwk, KeySource source)
    {
        // RFC 9964 section 4: alg is required, because only alg identifies the parameter set.
        if (SignatureAlgorithm.All.Find(a => a.MlDsa is not null && a.Name == jwk.Alg)?.MlDsa is not { } algorithm)
            throw source.Unusable("there is an AKP JWK whose alg is not ML-DSA-44, ML-DSA-65 or ML-DSA-87", "Set alg, which an AKP key requires (RFC 9964).");
        var seed = Base64Url.DecodeFromChars(jwk["priv"]);
        if (seed.Length != SeedBytes)
            throw source.Unusable($"there is an AKP JWK whose priv has {seed.Length} bytes", $"Expected the seed of {SeedBytes} bytes (RFC 9964).");
        return MlDsaKey.FromSeed(algorithm, seed, source);
    }

    private static byte[] DecodeNumber(string? base64Url) =>
        Base64Url.DecodeFromChars(base64Url ?? throw new FormatException()).AsSpan().TrimStart((byte)0).ToArray();

    private static byte[] DecodeNumber(string? base64Url, int size)
    {
        var number = DecodeNumber(base64Url);
        if (number.Length > size)
            throw new FormatException();
        var padded = new byte[size];
        number.CopyTo(padded, size - number.Length);
        return padded;
    }
}
