namespace JwtGrantClient.Tests.TestSupport;

/// <summary>Asserts that the key loader rejects a key with an exact message.</summary>
internal static class KeyLoaderAssert
{
    public static void Throws(SigningKeyOptions options, string code, string message)
    {
        var error = Assert.Throws<JwtGrantException>(() => TestSigner.Load(options));

        Assert.Equal(message, error.Message);
        Assert.Equal((JwtGrantErrorKind.Configuration, code), (error.Kind, error.Code));
    }
}
