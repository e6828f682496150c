using System.Security.Cryptography.X509Certificates;

namespace MutualTls;

/// <summary>Creates a handler that trusts a private CA and sends a client certificate.</summary>
internal static class PrivateCaHandler
{
    /// <param name="certificatePath">The client certificate, PEM.</param>
    /// <param name="keyPath">Its private key, PEM.</param>
    /// <param name="authorityPath">The certificate of the CA, PEM. The handler trusts only this CA.</param>
    public static SocketsHttpHandler Create(string certificatePath, string keyPath, string authorityPath)
    {
        var chain = new X509ChainPolicy
        {
            TrustMode = X509ChainTrustMode.CustomRootTrust,
            RevocationMode = X509RevocationMode.NoCheck,            // use Online if the CA publishes revocation lists
        };
        chain.CustomTrustStore.ImportFromPemFile(authorityPath);
        return new()
        {
            // Required by the library: the handler must not follow redirects.
            AllowAutoRedirect = false,
            UseCookies = false,
            // Each connection reads the certificate again, so a renewed certificate is used within this time.
            PooledConnectionLifetime = TimeSpan.FromMinutes(2),
            SslOptions =
            {
                CertificateChainPolicy = chain,
                LocalCertificateSelectionCallback = (_, _, _, _, _) => Read(certificatePath, keyPath),
            },
        };
    }

    private static X509Certificate2 Read(string certificatePath, string keyPath)
    {
        var certificate = X509Certificate2.CreateFromPemFile(certificatePath, keyPath);
        // TLS on Windows cannot use the ephemeral key that CreateFromPemFile loads. A key from PKCS#12 works.
        return OperatingSystem.IsWindows()
            ? X509CertificateLoader.LoadPkcs12(certificate.Export(X509ContentType.Pkcs12), null)
            : certificate;
    }
}
