using System.Security.Cryptography;
using JwtGrantClient.Assertions;
using JwtGrantClient.Protocol;

namespace JwtGrantClient.Tests.TestSupport;

/// <summary>JWTs of the test's own making, by the library's own writer, for where somebody else would sign them.</summary>
internal static class SignedJwts
{
    /// <summary>A fresh one at each call, for two minutes from now.</summary>
    public static AssertionProvider CreateProvider(string issuer, string subject, string audience, string privatePem, string type = AssertionTypes.Jwt)
    {
        var factory = new AssertionFactory(
            new("JWT", issuer, subject, audience, TimeSpan.FromMinutes(2), new Dictionary<string, object>()),
            TestSigner.Load(new() { Text = privatePem }),
            TimeProvider.System,
            new(RandomNumberGenerator.Fill));
        return async (context, cancellationToken) =>
        {
            var made = await factory.ProvideAsync(new() { Purpose = context.Purpose }, cancellationToken);
            return new(made.Value, type, made.ExpiresAt);
        };
    }
}
