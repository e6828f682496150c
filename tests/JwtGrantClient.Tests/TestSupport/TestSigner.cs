using JwtGrantClient.Signing;

namespace JwtGrantClient.Tests.TestSupport;

/// <summary>A signer with the key that settings name, without what follows the key when it changes.</summary>
internal static class TestSigner
{
    public static LocalSigner Load(SigningKeyOptions options) => SigningKeyLoader.Load(options).Signer;
}
