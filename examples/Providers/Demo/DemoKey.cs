using System.Buffers.Text;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json.Nodes;

namespace Providers.Demo;

/// <summary>A new RSA key, which signs or verifies JWTs with RS256.</summary>
internal sealed class DemoKey : IDisposable
{
    private readonly RSA _key = RSA.Create(2048);

    public string PrivateKeyPem => _key.ExportPkcs8PrivateKeyPem();

    /// <summary>The form in which GitHub creates its files.</summary>
    public string RsaPrivateKeyPem => _key.ExportRSAPrivateKeyPem();

    public string PublicKeyPem => _key.ExportSubjectPublicKeyInfoPem();

    /// <summary>The key with a self-signed certificate, as one PEM file.</summary>
    public string CertificateAndKeyPem
    {
        get
        {
            var now = TimeProvider.System.GetUtcNow();
            var request = new CertificateRequest("CN=app", _key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
            using var certificate = request.CreateSelfSigned(now.AddDays(-1), now.AddYears(1));
            return $"{certificate.ExportCertificatePem()}\n{PrivateKeyPem}\n";
        }
    }

    public string Sign(JsonObject claims)
    {
        var input = $"{Encode("""{"alg":"RS256","typ":"JWT"}""")}.{Encode(claims.ToJsonString())}";
        return $"{input}.{Base64Url.EncodeToString(_key.SignData(Encoding.ASCII.GetBytes(input), HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1))}";
    }

    /// <summary>Returns the claims of a JWT; null if this key did not sign it, or it has expired.</summary>
    public JsonObject? Verify(string? jwt)
    {
        if (jwt?.Split('.') is not [var header, var payload, var signature]
            || !_key.VerifyData(Encoding.ASCII.GetBytes($"{header}.{payload}"), Base64Url.DecodeFromChars(signature), HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1))
            return null;
        var claims = JsonNode.Parse(Base64Url.DecodeFromChars(payload))!.AsObject();
        return (long?)claims["exp"] > TimeProvider.System.GetUtcNow().ToUnixTimeSeconds() ? claims : null;
    }

    public void Dispose() => _key.Dispose();

    private static string Encode(string part) => Base64Url.EncodeToString(Encoding.UTF8.GetBytes(part));
}
