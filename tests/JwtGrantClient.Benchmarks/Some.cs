using System.Security.Cryptography;

namespace JwtGrantClient.Benchmarks;

/// <summary>Keys and settings that the benchmarks share.</summary>
internal static class Some
{
    public static string RsaPem { get; } = Export(RSA.Create(2048));

    public static string EcPem { get; } = Export(ECDsa.Create(ECCurve.NamedCurves.nistP256));

    /// <summary>A client whose token endpoint answers at once, in memory, with a token that lives an hour.</summary>
    public static JwtGrantTokenSource TokenSource() => JwtGrantTokenSource.Create(Options(RsaPem), tokenEndpointHandler: new InstantTokens());

    public static JwtGrantOptions Options(string pem) => new()
    {
        Issuer = "https://as.example.com",
        TokenEndpoint = "https://as.example.com/token",
        ClientId = "batch-worker",
        ClientAuthentication = ClientAuthenticationMethod.PrivateKeyJwt,
        SigningKey = { Text = pem, KeyId = "2026-11" },
    };

    private static string Export(AsymmetricAlgorithm key) => key.ExportPkcs8PrivateKeyPem();

    private sealed class InstantTokens : HttpMessageHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
            Task.FromResult(new HttpResponseMessage { Content = new StringContent("""{"access_token":"t","token_type":"Bearer","expires_in":3600}""") });
    }
}
