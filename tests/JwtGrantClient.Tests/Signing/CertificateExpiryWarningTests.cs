using JwtGrantClient.Signing;
using JwtGrantClient.Tests.TestSupport;
using Microsoft.Extensions.Time.Testing;

namespace JwtGrantClient.Tests.Signing;

public sealed class CertificateExpiryWarningTests : IDisposable
{
    private static readonly DateTimeOffset Expiry = TestData.Moment.AddDays(60);

    private readonly FakeTimeProvider _clock = new(TestData.Moment);
    private readonly LogLines _log = new();

    public void Dispose() => _log.Dispose();

    [Fact]
    public async Task A_warning_is_logged_once_a_day_from_30_days_before_the_certificate_of_a_used_key_expires()
    {
        using var certificate = Keys.CertificateFor(Keys.P256, "CN=batch", Expiry);
        var signer = SigningKeyLoader.Open(
            new() { Text = $"{Keys.P256.ExportPkcs8PrivateKeyPem()}\n{certificate.ExportCertificatePem()}" }, _clock, _log);

        await UseAtAsync(signer, Expiry.AddDays(-30) - TimeSpan.FromSeconds(1));
        Assert.Empty(Warnings);

        await UseAtAsync(signer, Expiry.AddDays(-30) + TimeSpan.FromSeconds(5));
        await UseAtAsync(signer, Expiry.AddDays(-29));
        Assert.Equal(
            $"Warning 23 The certificate 'CN=batch' ({certificate.Thumbprint}) of the signing key expires at 2027-01-22T09:00:00Z, in 29 days; renew it",
            Assert.Single(Warnings));

        await UseAtAsync(signer, Expiry.AddDays(-29) + TimeSpan.FromSeconds(5));
        Assert.Equal(2, Warnings.Count);

        await UseAtAsync(signer, Expiry.AddDays(1));
        Assert.Equal(
            $"Error 24 The certificate 'CN=batch' ({certificate.Thumbprint}) of the signing key expired at 2027-01-22T09:00:00Z; servers may reject it. Renew it",
            Warnings[^1]);
    }

    [Fact]
    public void Loading_a_certificate_that_expires_soon_logs_a_warning()
    {
        using var certificate = Keys.CertificateFor(Keys.P256, "CN=batch", TestData.Moment.AddDays(3));

        SigningKeyLoader.Open(new() { Text = $"{Keys.P256.ExportPkcs8PrivateKeyPem()}\n{certificate.ExportCertificatePem()}" }, _clock, _log);

        Assert.Contains("in 3 days", Assert.Single(Warnings), StringComparison.Ordinal);
    }

    [Fact]
    public void A_certificate_that_replaces_another_one_is_warned_about_at_once()
    {
        using var first = Keys.CertificateFor(Keys.P256, "CN=first", TestData.Moment.AddDays(3));
        using var second = Keys.CertificateFor(Keys.P256, "CN=second", TestData.Moment.AddDays(4));
        var warning = new CertificateExpiryWarning(_clock, _log);

        foreach (var certificate in new[] { first, first, second })
            warning.Check(certificate);

        Assert.Collection(
            Warnings,
            line => Assert.Contains("'CN=first'", line, StringComparison.Ordinal),
            line => Assert.Contains("'CN=second'", line, StringComparison.Ordinal));
    }

    private List<string> Warnings => [.. _log.All.Where(line => !line.StartsWith("Debug", StringComparison.Ordinal))];

    private async Task UseAtAsync(IJwtSigner signer, DateTimeOffset moment)
    {
        _clock.SetUtcNow(moment);
        await signer.GetCurrentAsync(TestContext.Current.CancellationToken);
    }
}
