using System.Security.Cryptography.X509Certificates;

namespace MutualTls;

/// <summary>Connections to a server whose certificate comes from a private CA, showing our own certificate.</summary>
internal static class Connections
{
    /// <param name="certificatePath">Our certificate, PEM.</param>
    /// <param name="keyPath">Its private key, PEM.</param>
    /// <param name="authorityPath">The certificate of the CA, PEM. It is trusted for these connections, and no other CA is.</param>
    public static SocketsHttpHandler Create(string certificatePath, string keyPath, string authorityPath)
    {
        var chain = new X509ChainPolicy
        {
            TrustMode = X509ChainTrustMode.CustomRootTrust,
            RevocationMode = X509RevocationMode.NoCheck,            // Online, where the CA publishes revocation lists
        };
        chain.CustomTrustStore.ImportFromPemFile(authorityPath);
        return new()
        {
            // As the library demands of a handler: no redirect is followed.
            AllowAutoRedirect = false,
            UseCookies = false,
            // A renewed certificate takes over within this time, for it is read again for each connection.
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
        // Windows shows a server only keys that went through its own store.
        return OperatingSystem.IsWindows()
            ? X509CertificateLoader.LoadPkcs12(certificate.Export(X509ContentType.Pkcs12), null)
            : certificate;
    }
}
