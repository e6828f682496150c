using System.Diagnostics;
using System.Security.Cryptography;
using Microsoft.Extensions.Logging;

namespace JwtGrantClient.Signing;

/// <summary>
/// From settings to a signer (open first): read the place that they name, tell the format by the content, hold the key to the rules of its
/// algorithm. Every error names the place and what was found there, never the key.
/// </summary>
internal static class SigningKeyLoader
{
    /// <summary>A signer that follows its key when the place holds a new one.</summary>
    /// <exception cref="JwtGrantException">Nothing, or nothing usable, was found.</exception>
    public static IJwtSigner Open(SigningKeyOptions options, TimeProvider clock, ILogger logger) =>
        new ReloadingSigner(options.Copy(), options.TakeChecked(), clock, logger);

    /// <summary>Loads the key that the place holds now.</summary>
    /// <exception cref="JwtGrantException">Nothing, or nothing usable, was found.</exception>
    public static LoadedKey Load(SigningKeyOptions options)
    {
        using var content = KeySource.Read(options);
        return new(Load(content, options), content.Place, content.Fingerprint());
    }

    /// <summary>Creates a signer with the key of a content.</summary>
    /// <exception cref="JwtGrantException">It is no usable key.</exception>
    public static LocalSigner Load(KeySource content, SigningKeyOptions options) =>
        SignerFor(KeyFormat.Parse(content, options), content.Place, options);

    /// <summary>Names the key, chooses its algorithm and checks that they fit.</summary>
    /// <exception cref="JwtGrantException">They do not fit, or the settings ask for what the key does not have.</exception>
    public static LocalSigner SignerFor(KeyMaterial found, string place, SigningKeyOptions options)
    {
        try
        {
            var algorithm = SignatureAlgorithm.Choose(found, place, options.Algorithm);
            var identity = KeyIdentity.Create(found, place, options);
            return found.Key switch
            {
                RSA rsa => new RsaSigner(rsa, algorithm, identity),
                ECDsa ec => new EcdsaSigner(ec, algorithm, identity),
                MLDsa mldsa => new MlDsaSigner(mldsa, algorithm, identity),
                var other => throw new UnreachableException($"{other.GetType()} is no kind of key that is parsed."),
            };
        }
        catch
        {
            if (found.OwnsKey)
                found.Key.Dispose();
            throw;
        }
    }
}

/// <summary>A key as it was found, and what tells it from what its place holds later.</summary>
/// <param name="Signer">Signs with it.</param>
/// <param name="Place">The place, as log messages name it.</param>
/// <param name="Fingerprint">Of the content.</param>
[DebuggerDisplay("{Place,nq}")]
internal sealed record LoadedKey(LocalSigner Signer, string Place, byte[] Fingerprint);
