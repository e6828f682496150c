using System.Security.Cryptography;

namespace JwtGrantClient.Signing;

/// <summary>
/// Identifies the curves of RFC 7518 section 3.4 by their object identifier, because friendly names differ between platforms.
/// </summary>
internal static class JoseCurve
{
    /// <summary>Returns the size of the curve in bits; 0 if no algorithm uses the curve.</summary>
    public static int GetBits(ECDsa key) => Identify(key).Bits;

    /// <summary>Returns the name of the curve: the JOSE name, if it has one.</summary>
    public static string GetName(ECDsa key) => Identify(key).Name;

    private static (int Bits, string Name) Identify(ECDsa key)
    {
        // Null, despite its declaration, for a curve with explicit parameters.
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
