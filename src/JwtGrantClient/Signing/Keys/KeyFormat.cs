using System.Buffers.Text;
using JwtGrantClient.Credentials;

namespace JwtGrantClient.Signing;

/// <summary>Identifies the format of a key by its content. The name of a file is not used.</summary>
internal static class KeyFormat
{
    private const byte DerSequence = 0x30;

    /// <summary>Parses a key in any of the known formats.</summary>
    /// <exception cref="JwtGrantException">The content is not a usable private key.</exception>
    public static KeyMaterial Parse(KeySource source, SigningKeyOptions options) =>
        source.Certificate is { } certificate
            ? CertificateKey.Parse(certificate, [], "a certificate", source)
            : TryParse(source, options) ?? TryParseBase64(source, options) ?? throw source.Unusable(
                source.Bytes.Length == 0 ? "there is no content" : $"there are {source.Bytes.Length} bytes in no known format",
                "Expected PEM, PKCS#12, DER, a JWK, a JWK set or the JSON of a service account. A binary format in a text must be encoded as base64.");

    private static KeyMaterial? TryParse(KeySource source, SigningKeyOptions options)
    {
        if (source.Bytes is [DerSequence, ..] && DerKey.TryParse(source) is { } binary)
            return binary;
        var text = DecodeText(source.Bytes);
        if (text.StartsWith('{'))
            return JsonKey.Parse(text, source, options);
        return text.Contains("-----BEGIN ", StringComparison.Ordinal) ? PemKey.Parse(text, source) : null;
    }

    private static KeyMaterial? TryParseBase64(KeySource source, SigningKeyOptions options)
    {
        // Both alphabets are accepted, with and without padding and line breaks.
        var text = DecodeText(source.Bytes).Replace('+', '-').Replace('/', '_');
        if (text.Length == 0 || !Base64Url.IsValid(text))
            return null;
        using var decoded = source.WithBytes(Base64Url.DecodeFromChars(text));
        return TryParse(decoded, options);
    }

    private static string DecodeText(byte[] bytes) => CredentialFile.Decode(bytes).Trim();
}
