using JwtGrantClient.Signing;

namespace JwtGrantClient.Tests.TestSupport;

/// <summary>Loads the signer of a key, without reloading it when the key changes.</summary>
internal static class TestSigner
{
    public static LocalSigner Load(SigningKeyOptions options) => SigningKeyLoader.Load(options).Signer;
}
