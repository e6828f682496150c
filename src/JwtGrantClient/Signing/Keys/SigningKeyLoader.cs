using System.Diagnostics;
using System.Security.Cryptography;
using Microsoft.Extensions.Logging;

namespace JwtGrantClient.Signing;

/// <summary>
/// Creates signers from <see cref="SigningKeyOptions"/> (open first): reads the configured source, identifies the format by the content, and checks
/// that the key fits the algorithm. Error messages name the source and what was found in it, never the key.
/// </summary>
internal static class SigningKeyLoader
{
    /// <summary>Creates a signer that loads the key again when the content of its source changes.</summary>
    /// <exception cref="JwtGrantException">The key cannot be read or is not usable.</exception>
    public static IJwtSigner Open(SigningKeyOptions options, TimeProvider clock, ILogger logger) =>
        new ReloadingSigner(options.Copy(), options.TakePreloaded(), clock, logger);

    /// <summary>Loads the current key of the source.</summary>
    /// <exception cref="JwtGrantException">The key cannot be read or is not usable.</exception>
    public static LoadedKey Load(SigningKeyOptions options)
    {
        using var source = KeySource.Read(options);
        return new(Load(source, options), source.Place, source.ComputeFingerprint());
    }

    /// <summary>Creates a signer from content that has been read.</summary>
    /// <exception cref="JwtGrantException">The content is not a usable key.</exception>
    public static LocalSigner Load(KeySource source, SigningKeyOptions options) =>
        CreateSigner(KeyFormat.Parse(source, options), source.Place, options);

    /// <summary>Creates a signer for a key: selects the algorithm and the header parameters, and checks that they fit the key.</summary>
    /// <exception cref="JwtGrantException">The key does not fit the algorithm, or the options require a certificate that is missing.</exception>
    public static LocalSigner CreateSigner(KeyMaterial material, string place, SigningKeyOptions options)
    {
        try
        {
            var algorithm = SignatureAlgorithm.Choose(material, place, options.Algorithm);
            var identity = KeyIdentity.Create(material, place, options);
            return material.Key switch
            {
                RSA rsa => new RsaSigner(rsa, algorithm, identity),
                ECDsa ec => new EcdsaSigner(ec, algorithm, identity),
                MLDsa mldsa => new MlDsaSigner(mldsa, algorithm, identity),
                var other => throw new UnreachableException($"The type {other.GetType()} is not a key type."),
            };
        }
        catch
        {
            if (material.OwnsKey)
                material.Key.Dispose();
            throw;
        }
    }
}

/// <summary>A loaded key, and the fingerprint that detects a later change of its source.</summary>
/// <param name="Signer">Signs with the key.</param>
/// <param name="Place">The source of the key, for log messages.</param>
/// <param name="Fingerprint">The fingerprint of the content.</param>
[DebuggerDisplay("{Place,nq}")]
internal sealed record LoadedKey(LocalSigner Signer, string Place, byte[] Fingerprint);
