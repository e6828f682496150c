using System.Security.Cryptography;
using System.Text;

namespace JwtGrantClient.Testing.Jwt;

/// <summary>What holds for RSA keys wherever they come from.</summary>
internal static class RsaKey
{
    private const int SmallestBits = 2048, LargestBits = 16384;

    public static RSA Import(Action<RSA> import)
    {
        var key = RSA.Create();
        try
        {
            import(key);
            return key;
        }
        catch
        {
            key.Dispose();
            throw;
        }
    }

    /// <summary>S06, RFC 7518 section 3.3: 2048 bits or more. A weak key is refused when it is registered, before it can sign anything.</summary>
    public static RSA Checked(RSA key)
    {
        var exponent = key.ExportParameters(includePrivateParameters: false).Exponent!;
        var problem = key.KeySize switch
        {
            < SmallestBits => $"has {key.KeySize} bits; RFC 7518 section 3.3 asks for {SmallestBits} or more (rule S06)",
            > LargestBits => $"has {key.KeySize} bits; this server takes at most {LargestBits}",
            _ when exponent is [1] || (exponent[^1] & 1) == 0 => "has a public exponent that is 1 or even, so that its signatures prove nothing",
            _ => null,
        };
        return problem is null ? key : throw new ArgumentException($"The RSA key {problem}. Make one with: openssl genrsa 2048");
    }

    /// <summary>RFC 7638: SHA-256 over the required members in alphabetical order.</summary>
    public static string Thumbprint(RSA key)
    {
        var (n, e) = Members(key);
        return StrictBase64Url.Encode(SHA256.HashData(Encoding.ASCII.GetBytes($$"""{"e":"{{e}}","kty":"RSA","n":"{{n}}"}""")));
    }

    /// <summary>The JWK members n and e (RFC 7518 section 6.3.1).</summary>
    public static (string Modulus, string Exponent) Members(RSA key)
    {
        var parameters = key.ExportParameters(includePrivateParameters: false);
        return (StrictBase64Url.Encode(parameters.Modulus), StrictBase64Url.Encode(parameters.Exponent));
    }
}
