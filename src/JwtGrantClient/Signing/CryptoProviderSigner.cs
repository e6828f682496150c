using Microsoft.IdentityModel.Tokens;

namespace JwtGrantClient.Signing;

/// <summary>Signs through the custom provider of a Microsoft.IdentityModel key, such as that of a key vault or an HSM.</summary>
/// <param name="factory">Makes a provider for each signature, and takes it back.</param>
/// <param name="key">The key, whose private part may be known to the provider alone.</param>
/// <param name="algorithm">The algorithm as the application named it, which is how the provider knows it.</param>
internal sealed class CryptoProviderSigner(CryptoProviderFactory factory, SecurityKey key, string algorithm)
{
    /// <summary>Returns whether the factory leaves the key to a custom provider, or is of a class that may sign in another way.</summary>
    public bool IsForeign() =>
        factory.GetType() != typeof(CryptoProviderFactory)
        // The arguments are those by which the factory itself decides.
        || factory.CustomCryptoProvider?.IsSupportedAlgorithm(algorithm, key, true) == true;

    public ValueTask<ReadOnlyMemory<byte>> SignAsync(ReadOnlyMemory<byte> signingInput, CancellationToken cancellationToken) =>
        ThreadPoolSigning.RunAsync(Sign, signingInput, cancellationToken);

    private byte[] Sign(byte[] signingInput)
    {
        var provider = factory.CreateForSigning(key, algorithm);
        try
        {
            return provider.Sign(signingInput);
        }
        finally
        {
            factory.ReleaseSignatureProvider(provider);
        }
    }
}
