using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using JwtGrantClient.Benchmarks.Endpoint;

namespace JwtGrantClient.Benchmarks;

/// <summary>Keys and options that the benchmarks share.</summary>
internal static class TestData
{
    public const string Issuer = "https://as.example.com";

    private static readonly RSA Rsa = RSA.Create(2048);

    public static string RsaPem { get; } = Rsa.ExportPkcs8PrivateKeyPem();

    public static string EcPem { get; } = ECDsa.Create(ECCurve.NamedCurves.nistP256).ExportPkcs8PrivateKeyPem();

    /// <summary>The certificate of the RSA key, for clients that require one.</summary>
    public static X509Certificate2 Certificate { get; } =
        new CertificateRequest("CN=batch-worker", Rsa, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1)
            .CreateSelfSigned(DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch.AddYears(100));

    public static Uri TokenEndpoint { get; } = new("https://as.example.com/token");

    /// <summary>Creates a client with an in-memory token endpoint whose tokens have a lifetime of one hour.</summary>
    public static JwtGrantTokenSource TokenSource(JwtGrantOptions? options = null, IJwtSigner? signer = null) =>
        JwtGrantTokenSource.Create(options ?? Options(RsaPem), signer, new InMemoryTokenEndpoint());

    public static JwtGrantOptions Options(string pem, string tokenEndpoint = "https://as.example.com/token") => new()
    {
        Issuer = Issuer,
        TokenEndpoint = tokenEndpoint,
        ClientId = "batch-worker",
        Grant = GrantType.ClientCredentials,
        ClientAuthentication = ClientAuthenticationMethod.PrivateKeyJwt,
        SigningKey = { Text = pem, KeyId = "2026-11" },
        AllowLoopbackHttp = true,
    };
}
