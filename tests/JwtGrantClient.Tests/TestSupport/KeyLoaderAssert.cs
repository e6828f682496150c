namespace JwtGrantClient.Tests.TestSupport;

/// <summary>A key that is refused, with the exact words.</summary>
internal static class KeyLoaderAssert
{
    public static void Throws(SigningKeyOptions options, string code, string message)
    {
        var error = Assert.Throws<JwtGrantException>(() => TestSigner.Load(options));

        Assert.Equal(message, error.Message);
        Assert.Equal((JwtGrantErrorKind.Configuration, code), (error.Kind, error.Code));
    }
}
