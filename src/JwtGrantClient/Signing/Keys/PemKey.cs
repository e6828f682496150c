using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace JwtGrantClient.Signing;

/// <summary>PEM (RFC 7468): one private key, in any of its forms, and the certificates beside it.</summary>
internal static class PemKey
{
    public static KeyMaterial Parse(string text, KeySource content)
    {
        // OpenSSL's own encryption, from before PKCS#8: a key derived by one round of MD5. The platform does not read it.
        if (text.Contains("Proc-Type: 4,ENCRYPTED", StringComparison.Ordinal))
            throw content.Unusable("there is a private key in OpenSSL's old encryption", "Convert it with: openssl pkcs8 -topk8 -in " +
                "FILE -out NEW");
        // Environment variables often hold \n in place of a line's end.
        var blocks = Blocks(text.Replace("\\n", "\n", StringComparison.Ordinal));
        var keys = blocks.Where(block => IsPrivateKey(block.Label)).ToList();
        if (keys.Count != 1)
            throw keys.Count > 1
                ? content.Unusable($"there are {keys.Count} private keys (PEM)", "Keep the one to sign with; several keys go into a JWK " +
                    "set.")
                : Missing([.. blocks.Select(block => block.Label)], content);
        var (label, der) = keys[0];
        var certificates = Certificates(blocks, content);
        var key = ImportKey(label, der, content);
        var own = certificates.FirstOrDefault(certificate => KeyMaterial.Fits(key, certificate));
        if (own is null && certificates.Count > 0)
        {
            key.Dispose();
            throw content.Unusable(
                "there are a private key and a certificate that do not belong together (PEM)", "Give the certificate that was issued " +
                "for this key.");
        }
        return new()
        {
            Key = key,
            Format = own is null ? $"{FormatOf(label)}, PEM" : $"{FormatOf(label)}, PEM, with certificate",
            Certificate = own,
            Others = [.. certificates.Where(certificate => certificate != own)],
        };
    }

    private static bool IsPrivateKey(string label) => label is "PRIVATE KEY" or "ENCRYPTED PRIVATE KEY" or "RSA PRIVATE KEY" or "EC PRIVATE KEY";

    private static string FormatOf(string label) => label switch
    {
        "RSA PRIVATE KEY" => "PKCS#1",
        "EC PRIVATE KEY" => "SEC 1",
        "ENCRYPTED PRIVATE KEY" => "encrypted PKCS#8",
        _ => "PKCS#8",
    };

    private static List<(string Label, byte[] Der)> Blocks(string text)
    {
        List<(string, byte[])> blocks = [];
        var rest = text.AsSpan();
        while (PemEncoding.TryFind(rest, out var block))
        {
            var der = new byte[block.DecodedDataLength];
            _ = Convert.TryFromBase64Chars(rest[block.Base64Data], der, out _);
            blocks.Add((rest[block.Label].ToString(), der));
            rest = rest[block.Location.End..];
        }
        return blocks;
    }

    private static IDisposable ImportKey(string label, byte[] der, KeySource content)
    {
        try
        {
            return label switch
            {
                "RSA PRIVATE KEY" => PrivateKey.FromPkcs1(der),
                "EC PRIVATE KEY" => PrivateKey.FromSec1(der),
                "ENCRYPTED PRIVATE KEY" => PrivateKey.FromEncryptedPkcs8(der, content),
                _ => PrivateKey.FromPkcs8(der, content),
            };
        }
        catch (Exception e) when (PrivateKey.IsDamage(e))
        {
            throw PrivateKey.Refused(content, $"the PEM block '{label}'", e);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(der);
        }
    }

    private static X509Certificate2Collection Certificates(List<(string Label, byte[] Der)> blocks, KeySource content)
    {
        try
        {
            return [.. blocks.Where(block => block.Label == "CERTIFICATE").Select(block => X509CertificateLoader.LoadCertificate(block.Der))];
        }
        catch (CryptographicException e)
        {
            throw PrivateKey.Refused(content, "the PEM block 'CERTIFICATE'", e);
        }
    }

    private static JwtGrantException Missing(string[] labels, KeySource content) => labels switch
    {
        [] => content.Unusable("a PEM block begins, but it is not whole", "It must hold -----BEGIN PRIVATE KEY----- and the matching " +
            "END line, whole."),
        _ when labels.Contains("CERTIFICATE") => content.Unusable(
            "there is a certificate without its private key (PEM)", "Put the private key into the same file, or name the file that " +
            "holds it."),
        _ when labels.Contains("PUBLIC KEY") || labels.Contains("RSA PUBLIC KEY") => content.Unusable(
            "there is only a public key (PEM)", "Signing needs the private key; the public one is for the server."),
        _ when labels.Contains("OPENSSH PRIVATE KEY") => content.Unusable(
            "there is a private key in OpenSSH's own format", "Convert it with: ssh-keygen -p -m PKCS8 -f FILE"),
        _ => content.Unusable(
            $"there is a PEM block '{labels[0]}'", "Expected PRIVATE KEY, ENCRYPTED PRIVATE KEY, RSA PRIVATE KEY or EC PRIVATE KEY."),
    };
}
