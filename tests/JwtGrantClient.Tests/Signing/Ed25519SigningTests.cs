using JwtGrantClient.Signing;
using JwtGrantClient.Tests.TestSupport;
using Org.BouncyCastle.Math.EC.Rfc8032;

namespace JwtGrantClient.Tests.Signing;

/// <summary>An algorithm that the library does not implement, signed by a custom IJwtSigner and sent to the token endpoint.</summary>
public sealed class Ed25519SigningTests
{
    [Theory]
    [InlineData("Ed25519")]
    [InlineData("EdDSA")]
    public async Task A_custom_signer_signs_the_grant_assertion(string algorithm)
    {
        var endpoint = new FakeTokenEndpoint();
        var signer = new Ed25519Signer([.. Enumerable.Range(1, 32).Select(i => (byte)i)], algorithm, TestData.KeyId);
        var options = TestClient.Options();
        options.SigningKey = new();
        await using var tokens = JwtGrantTokenSource.Create(options, signer, endpoint.Handler);

        await tokens.GetTokenAsync(TestContext.Current.CancellationToken);

        var jwt = Jwt.Parse(endpoint.Forms[0]["assertion"]!);
        Assert.Equal($$"""{"alg":"{{algorithm}}","typ":"JWT","kid":"2026-11"}""", jwt.Header.GetRawText());
        Assert.True(Ed25519.Verify(jwt.Signature, 0, signer.PublicKey, 0, jwt.SigningInput, 0, jwt.SigningInput.Length));
    }
}
