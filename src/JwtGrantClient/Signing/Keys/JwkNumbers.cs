using System.Buffers.Text;
using System.Security.Cryptography;

namespace JwtGrantClient.Signing;

/// <summary>
/// From the members of a private JWK to a key of the platform (RFC 7518 section 6, RFC 9964). Writers leave out leading zeros, or add one;
/// the platform wants exact lengths.
/// </summary>
internal static class JwkNumbers
{
    private const int SeedBytes = 32;

    public static IDisposable Import(Jwk jwk, KeySource content) => jwk.Kty switch
    {
        "RSA" => Rsa(jwk, content),
        "EC" => Ec(jwk, content),
        _ => MlDsa(jwk, content),
    };

    private static RSA Rsa(Jwk jwk, KeySource content)
    {
        var modulus = Number(jwk["n"]);
        var exponent = Number(jwk["e"]);
        if (!RsaSigner.IsSound(exponent))
            throw content.Unusable(
                "there is an RSA JWK with a public exponent that is even, or 1, which signs nothing", "Make a new key, with the usual 65537.");
        var half = (modulus.Length + 1) / 2;
        return RSA.Create(new RSAParameters
        {
            Modulus = modulus,
            Exponent = exponent,
            D = Number(jwk["d"], modulus.Length),
            P = Number(jwk["p"], half),
            Q = Number(jwk["q"], half),
            DP = Number(jwk["dp"], half),
            DQ = Number(jwk["dq"], half),
            InverseQ = Number(jwk["qi"], half),
        });
    }

    private static ECDsa Ec(Jwk jwk, KeySource content)
    {
        var (curve, size) = jwk.Crv switch
        {
            "P-256" => (ECCurve.NamedCurves.nistP256, 32),
            "P-384" => (ECCurve.NamedCurves.nistP384, 48),
            "P-521" => (ECCurve.NamedCurves.nistP521, 66),
            _ => throw content.Unusable("there is an EC JWK whose crv is not P-256, P-384 or P-521", "Make a key on one of them (RFC " +
                "7518 section 6.2.1.1)."),
        };
        return ECDsa.Create(new ECParameters
        {
            Curve = curve,
            Q = new() { X = Number(jwk["x"], size), Y = Number(jwk["y"], size) },
            D = Number(jwk["d"], size),
        });
    }

    private static MLDsa MlDsa(Jwk jwk, KeySource content)
    {
        // RFC 9964 section 4: alg is required, for it alone says which of the three it is.
        if (SignatureAlgorithm.All.FirstOrDefault(a => a.MlDsa is not null && a.Name == jwk.Alg)?.MlDsa is not { } algorithm)
            throw content.Unusable("there is an AKP JWK whose alg is not ML-DSA-44, ML-DSA-65 or ML-DSA-87", "AKP keys must name their " +
                "alg (RFC 9964).");
        var seed = Base64Url.DecodeFromChars(jwk["priv"]);
        if (seed.Length != SeedBytes)
            throw content.Unusable($"there is an AKP JWK whose priv has {seed.Length} bytes", $"It is the seed, of {SeedBytes} bytes " +
                "(RFC 9964).");
        return MlDsaKey.FromSeed(algorithm, seed, content);
    }

    private static byte[] Number(string? base64Url) =>
        Base64Url.DecodeFromChars(base64Url ?? throw new FormatException()).AsSpan().TrimStart((byte)0).ToArray();

    private static byte[] Number(string? base64Url, int size)
    {
        var number = Number(base64Url);
        if (number.Length > size)
            throw new FormatException();
        var padded = new byte[size];
        number.CopyTo(padded, size - number.Length);
        return padded;
    }
}
