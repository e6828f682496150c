using System.Diagnostics;

namespace JwtGrantClient.Signing;

/// <summary>A key as it was found, and what tells it from what its place holds later.</summary>
/// <param name="Signer">Signs with it.</param>
/// <param name="Place">The place, as log messages name it.</param>
/// <param name="Fingerprint">Of the content.</param>
[DebuggerDisplay("{Place,nq}")]
internal sealed record LoadedKey(LocalSigner Signer, string Place, byte[] Fingerprint)
{
    /// <exception cref="JwtGrantException">Nothing, or nothing usable, was found.</exception>
    public static LoadedKey From(SigningKeyOptions options)
    {
        using var content = KeySource.Read(options);
        return new(SigningKeyLoader.Load(content, options), content.Place, content.Fingerprint());
    }
}
