using System.Security.Cryptography;

namespace JwtGrantClient.Testing.Tests.TestSupport;

/// <summary>Values and keys that the tests share.</summary>
internal static class TestData
{
    public const string Issuer = "https://as.example.com";
    public const string TokenEndpoint = "https://as.example.com/token";
    public const string ClientId = "batch-worker";
    public const string OtherClientId = "other-worker";
    public const string KeyId = "2026-11";
    public const string JwtBearer = "urn:ietf:params:oauth:grant-type:jwt-bearer";
    public const string TokenExchange = "urn:ietf:params:oauth:grant-type:token-exchange";
    public const string ClientAssertionType = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

    /// <summary>Real keys, created once per test run.</summary>
    public static RSA RsaKey { get; } = RSA.Create(2048);

    public static RSA OtherRsaKey { get; } = RSA.Create(2048);

    public static RSA WeakRsaKey { get; } = RSA.Create(1024);

    public static ECDsa P256Key { get; } = ECDsa.Create(ECCurve.NamedCurves.nistP256);

    public static ECDsa P384Key { get; } = ECDsa.Create(ECCurve.NamedCurves.nistP384);

    /// <summary>The initial time of the fake clocks.</summary>
    public static DateTimeOffset StartTime { get; } = new(2026, 11, 23, 9, 0, 0, TimeSpan.Zero);

    /// <summary>The initial time in seconds since the Unix epoch.</summary>
    public static long Now => StartTime.ToUnixTimeSeconds();
}
