using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using JwtGrantClient.Testing;
using JwtGrantClient.TokenEndpoint;

namespace JwtGrantClient.Tests.TestSupport;

/// <summary>The library's own handler with a client certificate, made to trust the strict server's certificate of the day.</summary>
internal static class ClientCertificateTransport
{
    public static SocketsHttpHandler CreateHandler(ClientCertificateOptions options, StrictAuthorizationServer server)
    {
        var handler = TokenEndpointTransport.CreateHandler(ClientCertificate.From(options));
#pragma warning disable CA5359 // No blind trust: the one certificate that the server made at its start, byte for byte.
        handler.SslOptions.RemoteCertificateValidationCallback = (_, shown, _, _) =>
            shown is not null && shown.GetRawCertData().AsSpan().SequenceEqual(server.ServerCertificate!.RawData);
#pragma warning restore CA5359
        return handler;
    }

    /// <summary>As the server registers it: <c>x5t#S256</c>.</summary>
    public static string Thumbprint(X509Certificate2 certificate) => Keys.EncodeBase64Url(certificate.GetCertHash(HashAlgorithmName.SHA256));
}
