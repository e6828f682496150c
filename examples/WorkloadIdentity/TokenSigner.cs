using System.Buffers.Text;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace WorkloadIdentity;

/// <summary>An issuer of the cluster, with a key that no workload ever sees.</summary>
internal sealed class TokenSigner : IDisposable
{
    public static readonly TimeSpan Lifetime = TimeSpan.FromHours(1);

    private readonly ECDsa _key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private int _signed;

    public string PublicKeyPem => _key.ExportSubjectPublicKeyInfoPem();

    /// <summary>A JWT with these claims, and times and an id (RFC 7519 section 4.1).</summary>
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
