using System.Security.Cryptography;
using JwtGrantClient.Assertions;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace JwtGrantClient.Tests.TestSupport;

/// <summary>Validates assertions of the library with Microsoft's <see cref="JsonWebTokenHandler"/>.</summary>
internal static class IdentityModelVerifier
{
    /// <summary>Creates an assertion, and validates its signature, issuer, audience and lifetime.</summary>
    public static async Task<JsonWebToken> SignAndValidateAsync(IJwtSigner signer, SecurityKey publicKey)
    {
        var jwt = await SignAsync(signer, TestContext.Current.CancellationToken);
        var result = await new JsonWebTokenHandler().ValidateTokenAsync(jwt, new()
        {
            IssuerSigningKey = publicKey,
            // Otherwise the handler would accept any algorithm of the header that the key supports.
            ValidAlgorithms = [signer.Algorithm],
            ValidIssuer = TestData.ClientId,
            ValidAudience = TestData.Issuer,
        });

        Assert.True(result.IsValid, result.Exception?.ToString());
        return (JsonWebToken)result.SecurityToken;
    }

    public static async Task<string> SignAsync(IJwtSigner signer, CancellationToken cancellationToken)
    {
        var factory = new AssertionFactory(
            new("JWT", TestData.ClientId, TestData.ClientId, TestData.Issuer, AssertionLifetime.Default, new Dictionary<string, object>()),
            signer, TimeProvider.System, new(RandomNumberGenerator.Fill));
        return (await factory.ProvideAsync(new AssertionContext(), cancellationToken)).Value;
    }

    public static RsaSecurityKey PublicKey(RSA key) => new(key.ExportParameters(includePrivateParameters: false));

    public static ECDsaSecurityKey PublicKey(ECDsa key) => new(ECDsa.Create(key.ExportParameters(includePrivateParameters: false)));
}
