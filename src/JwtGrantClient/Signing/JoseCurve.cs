using System.Security.Cryptography;

namespace JwtGrantClient.Signing;

/// <summary>The curves of RFC 7518 section 3.4, told by their object identifier: friendly names differ from platform to platform.</summary>
internal static class JoseCurve
{
    /// <summary>The size that the algorithm table goes by; 0 for a curve that is not in it, whatever its size.</summary>
    public static int Bits(ECDsa key) => Identify(key).Bits;

    /// <summary>The curve's name for an error message.</summary>
    public static string Name(ECDsa key) => Identify(key).Name;

    private static (int Bits, string Name) Identify(ECDsa key)
    {
        // Null, against its declaration, for a curve that is given by its numbers.
        var oid = (Oid?)key.ExportParameters(includePrivateParameters: false).Curve.Oid;
        return oid?.Value switch
        {
            "1.2.840.10045.3.1.7" => (256, "P-256"),
            "1.3.132.0.34" => (384, "P-384"),
            "1.3.132.0.35" => (521, "P-521"),
            "1.3.132.0.10" => (0, "secp256k1"),
            _ => (0, oid?.FriendlyName ?? oid?.Value ?? "without a name"),
        };
    }
}
