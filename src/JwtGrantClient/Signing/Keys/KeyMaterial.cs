using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace JwtGrantClient.Signing;

/// <summary>A private key that was found, and what came with it.</summary>
internal sealed class KeyMaterial : KeyDescription
{
    /// <summary>An <see cref="RSA"/>, an <see cref="ECDsa"/> or an <see cref="MLDsa"/>.</summary>
    public required IDisposable Key { get; init; }

    /// <summary>Whether the key is disposed if it does not fit. False for an object that the application owns. Default: true.</summary>
    public bool OwnsKey { get; init; } = true;

    /// <summary>The one algorithm that the key is for, where it says so.</summary>
    public string? Algorithm { get; init; }

    public override string ComputeThumbprint(string place) => PublicJwk.ComputeThumbprint(Key);

    /// <summary>Whether a certificate is about the same public key.</summary>
    public static bool Fits(IDisposable key, X509Certificate2 certificate) =>
        certificate.PublicKey.ExportSubjectPublicKeyInfo().AsSpan().SequenceEqual(key switch
        {
            AsymmetricAlgorithm classic => classic.ExportSubjectPublicKeyInfo(),
            MLDsa mldsa => MlDsaKey.PublicKeyInfo(mldsa),
            _ => [],
        });
}
