using System.Security.Cryptography;

namespace JwtGrantClient.Signing;

/// <summary>
/// From settings to a signer (open first). Every error names the place the key came from and what was found there, never the key.
/// </summary>
internal static class SigningKeyLoader
{
    /// <summary>Reads the key and checks it against its algorithm.</summary>
    /// <exception cref="JwtGrantException">Nothing, or nothing usable, was found.</exception>
    public static IJwtSigner Load(SigningKeyOptions options)
    {
        var (text, place) = options switch
        {
            { Path: not null, Text: not null } => throw JwtGrantException.Configuration(
                "signing_key_ambiguous", "SigningKey has both a Path and a Text; keep the one that holds the key."),
            { Path: { } path } => (KeyFile.Read(path), $"the key file '{path}'"),
            { Text: { } inline } => (inline, "the key in SigningKey:Text"),
            _ => throw JwtGrantException.Configuration(
                "signing_key_missing", "No signing key is set. Set SigningKey:Path to a PEM file, or SigningKey:Text to its text."),
        };
        return PemPrivateKey.Parse(text, place) switch
        {
            RSA rsa => new RsaSigner(rsa, SignatureAlgorithm.Named(options.Algorithm ?? "RS256"), options.KeyId),
            ECDsa ec => new EcdsaSigner(ec, SignatureAlgorithm.Named(options.Algorithm ?? Fitting(ec, place)), options.KeyId),
            var other => throw new System.Diagnostics.UnreachableException($"{other.GetType()} is no kind of key that is parsed."),
        };
    }

    private static string Fitting(ECDsa key, string place) =>
        SignatureAlgorithm.All.FirstOrDefault(a => a.CurveBits != 0 && a.CurveBits == JoseCurve.Bits(key))?.Name
            ?? throw JwtGrantException.Configuration(
                "signing_key_does_not_fit",
                $"In {place} there is an EC key on the curve {JoseCurve.Name(key)}, which no JOSE algorithm of this library uses. " +
                "Make a key on P-256, P-384 or P-521.");
}
