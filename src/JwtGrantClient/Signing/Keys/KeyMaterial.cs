using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace JwtGrantClient.Signing;

/// <summary>A private key that was found, and what came with it.</summary>
internal sealed class KeyMaterial
{
    /// <summary>An <see cref="RSA"/>, an <see cref="ECDsa"/> or an <see cref="MLDsa"/>.</summary>
    public required IDisposable Key { get; init; }

    /// <summary>What it was found as, for messages.</summary>
    public required string Format { get; init; }

    /// <summary>The name that the key carries itself.</summary>
    public string? KeyId { get; init; }

    /// <summary>The one algorithm that the key is for, where it says so.</summary>
    public string? Algorithm { get; init; }

    /// <summary>The key's certificate, where there is one.</summary>
    public X509Certificate2? Certificate { get; init; }

    /// <summary>Certificates of the chain, in any order.</summary>
    public X509Certificate2Collection Others { get; init; } = [];

    /// <summary>Whether a certificate is about the same public key.</summary>
    public static bool Fits(IDisposable key, X509Certificate2 certificate) =>
        certificate.PublicKey.ExportSubjectPublicKeyInfo().AsSpan().SequenceEqual(key switch
        {
            AsymmetricAlgorithm classic => classic.ExportSubjectPublicKeyInfo(),
            MLDsa mldsa => MlDsaKey.PublicKeyInfo(mldsa),
            _ => [],
        });
}
