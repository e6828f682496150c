using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using JwtGrantClient.Testing;
using JwtGrantClient.TokenEndpoint;

namespace JwtGrantClient.Tests.TestSupport;

/// <summary>The library's own handler with a client certificate, which trusts the certificate of the strict server.</summary>
internal static class ClientCertificateTransport
{
    public static SocketsHttpHandler CreateHandler(ClientCertificateOptions options, StrictAuthorizationServer server)
    {
        var handler = TokenEndpointConnections.CreateHandler(options.Open());
#pragma warning disable CA5359 // Only the certificate that the server created at its start is accepted, byte for byte.
        handler.SslOptions.RemoteCertificateValidationCallback = (_, presented, _, _) =>
            presented is not null && presented.GetRawCertData().AsSpan().SequenceEqual(server.ServerCertificate!.RawData);
#pragma warning restore CA5359
        return handler;
    }

    /// <summary>Returns the thumbprint that the server registers: <c>x5t#S256</c>.</summary>
    public static string Thumbprint(X509Certificate2 certificate) => Keys.EncodeBase64Url(certificate.GetCertHash(HashAlgorithmName.SHA256));
}
