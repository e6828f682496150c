using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.Identity.Client;

namespace JwtGrantClient.Interop.Tests.Peers;

/// <summary>Confidential clients of MSAL.NET with its own defaults, except for instance discovery, which would ask Microsoft.</summary>
internal static class MsalApplication
{
    /// <summary>Returns a builder of an application whose requests a handler answers.</summary>
    public static ConfidentialClientApplicationBuilder Create(string clientId, string authority, HttpMessageHandler handler) =>
        ConfidentialClientApplicationBuilder.Create(clientId)
            .WithAuthority(authority, validateAuthority: false)
            .WithInstanceDiscovery(false)
            .WithHttpClientFactory(new HttpClientFactory(new(handler)));

    /// <summary>Creates a certificate for a key, which the caller disposes.</summary>
    public static X509Certificate2 CreateCertificate(RSA key)
    {
        var now = TimeProvider.System.GetUtcNow();
        return new CertificateRequest("CN=batch-worker", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1).CreateSelfSigned(now.AddDays(-1), now.AddDays(1));
    }

    private sealed class HttpClientFactory(HttpClient http) : IMsalHttpClientFactory
    {
        public HttpClient GetHttpClient() => http;
    }
}
