using System.Security.Cryptography.X509Certificates;
using JwtGrantClient.Diagnostics;
using Microsoft.Extensions.Logging;

namespace JwtGrantClient.Signing;

/// <summary>Says that a certificate is about to end: from 30 days before, once a day while it is in use.</summary>
internal sealed class ExpiryWarning(TimeProvider clock, ILogger logger)
{
    private static readonly TimeSpan Ahead = TimeSpan.FromDays(30), Pause = TimeSpan.FromDays(1);

    private string? _about;
    private DateTimeOffset _next;

    public void Check(X509Certificate2? certificate)
    {
        if (certificate is null)
            return;
        var now = clock.GetUtcNow();
        var end = new DateTimeOffset(certificate.NotAfter.ToUniversalTime());
        if (end - now > Ahead || (_about == certificate.Thumbprint && now < _next))
            return;
        (_about, _next) = (certificate.Thumbprint, now + Pause);
        if (end > now)
            Log.CertificateEnds(logger, certificate.Subject, certificate.Thumbprint, end, (int)(end - now).TotalDays);
        else
            Log.CertificateEnded(logger, certificate.Subject, certificate.Thumbprint, end);
    }
}
