using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace JwtGrantClient.Signing;

/// <summary>A private key and the data that was loaded with it.</summary>
internal sealed class KeyMaterial : KeyDescription
{
    /// <summary>Gets the key: an <see cref="RSA"/>, an <see cref="ECDsa"/> or an <see cref="MLDsa"/>.</summary>
    public required IDisposable Key { get; init; }

    /// <summary>Gets whether the key is disposed if it is not usable. False for an object that the application owns. Default: true.</summary>
    public bool OwnsKey { get; init; } = true;

    /// <summary>Gets the algorithm that the key is restricted to, the <c>alg</c> of a JWK; null if there is none.</summary>
    public string? Algorithm { get; init; }

    public override string ComputeThumbprint(string place) => PublicJwk.ComputeThumbprint(Key);

    /// <summary>Returns whether a certificate has the public key of a private key.</summary>
    public static bool Fits(IDisposable key, X509Certificate2 certificate) =>
        certificate.PublicKey.ExportSubjectPublicKeyInfo().AsSpan().SequenceEqual(key switch
        {
            AsymmetricAlgorithm algorithm => algorithm.ExportSubjectPublicKeyInfo(),
            MLDsa mldsa => MlDsaKey.PublicKeyInfo(mldsa),
            _ => [],
        });
}
