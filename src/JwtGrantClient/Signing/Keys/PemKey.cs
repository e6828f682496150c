using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace JwtGrantClient.Signing;

/// <summary>Parses PEM (RFC 7468): one private key in any format, and its certificates.</summary>
internal static class PemKey
{
    /// <summary>Parses a PEM text.</summary>
    /// <exception cref="JwtGrantException">The text does not have exactly one usable private key.</exception>
    public static KeyMaterial Parse(string text, KeySource source)
    {
        // The encryption that OpenSSL used before PKCS#8 derives the key with one round of MD5. .NET does not support it.
        if (text.Contains("Proc-Type: 4,ENCRYPTED", StringComparison.Ordinal))
            throw source.Unusable("there is a private key in the old encryption of OpenSSL", "Convert it with: openssl pkcs8 -topk8 -in FILE -out NEW");
        // Environment variables often contain \n instead of a line break.
        var blocks = ReadBlocks(text.Replace("\\n", "\n", StringComparison.Ordinal));
        var keys = blocks.FindAll(block => IsPrivateKey(block.Label));
        if (keys.Count != 1)
            throw keys.Count > 1
                ? source.Unusable($"there are {keys.Count} private keys (PEM)", "Remove all except the signing key, or use a JWK set for several keys.")
                : CreateMissingKeyException(blocks.ConvertAll(block => block.Label), source);
        var (label, der) = (keys[0].Label, keys[0].Der);
        var certificates = ParseCertificates(blocks, source);
        var key = ImportKey(label, der, source);
        var own = certificates.Find(certificate => KeyMaterial.Fits(key, certificate));
        if (own is null && certificates.Count > 0)
        {
            key.Dispose();
            throw source.Unusable(
                "there are a private key and a certificate that do not belong together (PEM)", "Use the certificate that was issued for this key.");
        }
        return new()
        {
            Key = key,
            Format = own is null ? $"{GetFormat(label)}, PEM" : $"{GetFormat(label)}, PEM, with certificate",
            Certificate = own,
            OtherCertificates = [.. certificates.FindAll(certificate => certificate != own)],
        };
    }

    private static bool IsPrivateKey(string label) => label is "PRIVATE KEY" or "ENCRYPTED PRIVATE KEY" or "RSA PRIVATE KEY" or "EC PRIVATE KEY";

    private static string GetFormat(string label) => label switch
    {
        "RSA PRIVATE KEY" => "PKCS#1",
        "EC PRIVATE KEY" => "SEC 1",
        "ENCRYPTED PRIVATE KEY" => "encrypted PKCS#8",
        _ => "PKCS#8",
    };

    private static List<Block> ReadBlocks(string text)
    {
        List<Block> blocks = [];
        var rest = text.AsSpan();
        while (PemEncoding.TryFind(rest, out var found))
        {
            var der = new byte[found.DecodedDataLength];
            _ = Convert.TryFromBase64Chars(rest[found.Base64Data], der, out _);
            blocks.Add(new(rest[found.Label].ToString(), der));
            rest = rest[found.Location.End..];
        }
        return blocks;
    }

    private static IDisposable ImportKey(string label, byte[] der, KeySource source)
    {
        try
        {
            return label switch
            {
                "RSA PRIVATE KEY" => PrivateKey.FromPkcs1(der),
                "EC PRIVATE KEY" => PrivateKey.FromSec1(der),
                "ENCRYPTED PRIVATE KEY" => PrivateKey.FromEncryptedPkcs8(der, source),
                _ => PrivateKey.FromPkcs8(der, source),
            };
        }
        catch (Exception e) when (PrivateKey.IsImportError(e))
        {
            throw PrivateKey.CreateImportException(source, $"the PEM block '{label}'", e);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(der);
        }
    }

    private static List<X509Certificate2> ParseCertificates(List<Block> blocks, KeySource source)
    {
        try
        {
            return blocks.FindAll(block => block.Label == "CERTIFICATE").ConvertAll(block => X509CertificateLoader.LoadCertificate(block.Der));
        }
        catch (CryptographicException e)
        {
            throw PrivateKey.CreateImportException(source, "the PEM block 'CERTIFICATE'", e);
        }
    }

    private static JwtGrantException CreateMissingKeyException(List<string> labels, KeySource source) => labels switch
    {
        [] => source.Unusable("there is a PEM block that is not complete", "Expected -----BEGIN PRIVATE KEY----- and the matching END line."),
        _ when labels.Contains("CERTIFICATE") => source.Unusable(
            "there is a certificate without its private key (PEM)", "Add the private key to the file, or configure the file that contains it."),
        _ when labels.Contains("PUBLIC KEY") || labels.Contains("RSA PUBLIC KEY") => source.Unusable(
            "there is only a public key (PEM)", KeySource.PrivateKeyRemedy),
        _ when labels.Contains("OPENSSH PRIVATE KEY") => source.Unusable(
            "there is a private key in the format of OpenSSH", "Convert it with: ssh-keygen -p -m PKCS8 -f FILE"),
        _ => source.Unusable(
            $"there is a PEM block '{labels[0]}'", "Expected PRIVATE KEY, ENCRYPTED PRIVATE KEY, RSA PRIVATE KEY or EC PRIVATE KEY."),
    };

    private sealed class Block(string label, byte[] der)
    {
        public string Label => label;

        public byte[] Der => der;
    }
}
