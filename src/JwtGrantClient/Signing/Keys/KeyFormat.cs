using System.Buffers.Text;
using JwtGrantClient.Credentials;

namespace JwtGrantClient.Signing;

/// <summary>Tells the format of a key by its content; a file's name says nothing.</summary>
internal static class KeyFormat
{
    private const byte DerSequence = 0x30;

    /// <exception cref="JwtGrantException">The content is no private key.</exception>
    public static KeyMaterial Parse(KeySource content, SigningKeyOptions options) =>
        content.Certificate is { } certificate
            ? CertificateKey.Parse(certificate, [], "a certificate", content)
            : Recognize(content, options) ?? ParseBase64(content, options) ?? throw content.Unusable(
                content.Bytes.Length == 0 ? "there is nothing" : $"there are {content.Bytes.Length} bytes in no known format",
                "Expected PEM, PKCS#12, DER, a JWK, a JWK set or a service account's JSON; a binary one in a text as base64.");

    private static KeyMaterial? Recognize(KeySource content, SigningKeyOptions options)
    {
        if (content.Bytes is [DerSequence, ..] && DerKey.TryParse(content) is { } binary)
            return binary;
        var text = Text(content.Bytes);
        if (text.StartsWith('{'))
            return JsonKey.Parse(text, content, options);
        return text.Contains("-----BEGIN ", StringComparison.Ordinal) ? PemKey.Parse(text, content) : null;
    }

    private static KeyMaterial? ParseBase64(KeySource content, SigningKeyOptions options)
    {
        // Either alphabet, with padding or without, broken into lines or not.
        var text = Text(content.Bytes).Replace('+', '-').Replace('/', '_');
        if (text.Length == 0 || !Base64Url.IsValid(text))
            return null;
        using var decoded = content.Decoded(Base64Url.DecodeFromChars(text));
        return Recognize(decoded, options);
    }

    private static string Text(byte[] bytes) => CredentialFile.Decode(bytes).Trim();
}
