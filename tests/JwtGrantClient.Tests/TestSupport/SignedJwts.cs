using System.Security.Cryptography;
using JwtGrantClient.Assertions;
using JwtGrantClient.Protocol;

namespace JwtGrantClient.Tests.TestSupport;

/// <summary>JWTs that stand for those of another party, created by the library's own writer.</summary>
internal static class SignedJwts
{
    /// <summary>Creates a provider that returns a new JWT for each call, valid for two minutes.</summary>
    public static AssertionProvider CreateProvider(string issuer, string subject, string audience, string privatePem, string type = AssertionTypes.Jwt)
    {
        var factory = new AssertionFactory(
            new("JWT", issuer, subject, audience, TimeSpan.FromMinutes(2), new Dictionary<string, object>()),
            TestSigner.Load(new() { Text = privatePem }),
            TimeProvider.System,
            new(RandomNumberGenerator.Fill));
        return async (context, cancellationToken) =>
        {
            var assertion = await factory.ProvideAsync(new() { Purpose = context.Purpose }, cancellationToken);
            return new(assertion.Value, type, assertion.ExpiresAt);
        };
    }
}
