using System.Diagnostics.Metrics;
using System.Security.Cryptography;
using JwtGrantClient.Diagnostics;

namespace JwtGrantClient.Tests.TestSupport;

/// <summary>Values that tests share.</summary>
internal static class TestData
{
    public const string Issuer = "https://as.example.com";
    public const string TokenEndpoint = "https://as.example.com/token";
    public const string ClientId = "batch-worker";
    public const string KeyId = "2026-11";

    /// <summary>A real key, which is generated once because that takes a tenth of a second.</summary>
    public static RSA RsaKey { get; } = RSA.Create(2048);

    public static string RsaPrivatePem { get; } = RsaKey.ExportPkcs8PrivateKeyPem();

    public static string RsaPublicPem { get; } = RsaKey.ExportSubjectPublicKeyInfoPem();

    /// <summary>The metrics of a client "reports", which nobody reads.</summary>
    public static ClientMetrics Metrics { get; } = new(new TokenMetrics(new Meter(TokenMetrics.MeterName)), "reports", TimeProvider.System);

    /// <summary>The start time of the tests' clocks. It has whole seconds, so that expected times are easy to read.</summary>
    public static DateTimeOffset Moment { get; } = new(2026, 11, 23, 9, 0, 0, TimeSpan.Zero);
}
