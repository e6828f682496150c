using System.Buffers.Text;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace WorkloadIdentity;

/// <summary>A token issuer of the cluster. Its key is not available to workloads.</summary>
internal sealed class TokenSigner : IDisposable
{
    public static readonly TimeSpan Lifetime = TimeSpan.FromHours(1);

    private readonly ECDsa _key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private int _signed;

    public string PublicKeyPem => _key.ExportSubjectPublicKeyInfoPem();

    /// <summary>Signs a JWT with the given claims, and adds iat, exp and jti (RFC 7519 section 4.1).</summary>
    public string Sign(Dictionary<string, object> claims)
    {
        var now = TimeProvider.System.GetUtcNow();
        claims["iat"] = now.ToUnixTimeSeconds();
        claims["exp"] = (now + Lifetime).ToUnixTimeSeconds();
        claims["jti"] = (++_signed).ToString(CultureInfo.InvariantCulture);
        var input = $"{Encode(new Dictionary<string, object> { ["alg"] = "ES256", ["typ"] = "JWT" })}.{Encode(claims)}";
        return $"{input}.{Base64Url.EncodeToString(_key.SignData(Encoding.ASCII.GetBytes(input), HashAlgorithmName.SHA256))}";
    }

    public void Dispose() => _key.Dispose();

    private static string Encode(Dictionary<string, object> part) => Base64Url.EncodeToString(JsonSerializer.SerializeToUtf8Bytes(part));
}
