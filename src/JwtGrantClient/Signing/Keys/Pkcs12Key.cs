using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace JwtGrantClient.Signing;

/// <summary>PKCS#12 (RFC 7292): a certificate with its private key, and often its chain.</summary>
internal static class Pkcs12Key
{
    private const int WrongPassword = unchecked((int)0x80070056);

    // The key stays in memory; macOS knows no such thing and keeps it in a temporary keychain.
    private static X509KeyStorageFlags Storage => OperatingSystem.IsMacOS() ? X509KeyStorageFlags.DefaultKeySet : X509KeyStorageFlags.EphemeralKeySet;

    public static KeyMaterial Parse(KeySource content)
    {
        var all = Open(content);
        var own = all.Where(certificate => certificate.HasPrivateKey).ToList();
        return own.Count switch
        {
            1 => CertificateKey.Parse(own[0], [.. all.Where(certificate => certificate != own[0])], "PKCS#12", content),
            0 => throw content.Unusable(
                $"there is a PKCS#12 file with {all.Count} certificates and no private key that belongs to one",
                "Export the certificate again, with its private key."),
            _ => throw content.Unusable($"there is a PKCS#12 file with {own.Count} private keys", "Keep the one to sign with; several " +
                "keys go into a JWK set."),
        };
    }

    private static X509Certificate2Collection Open(KeySource content)
    {
        try
        {
            return X509CertificateLoader.LoadPkcs12Collection(content.Bytes, content.Password, Storage);
        }
        catch (Pkcs12LoadLimitExceededException e)
        {
            throw content.Unusable("there is a PKCS#12 file beyond the platform's limits of size or work", "Export it again, with the " +
                "usual settings.", e);
        }
        catch (CryptographicException e) when (e.HResult == WrongPassword)
        {
            throw content.DoesNotOpen("a PKCS#12 file", e);
        }
    }
}
