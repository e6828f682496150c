using System.Security.Cryptography.X509Certificates;
using JwtGrantClient.Credentials;
using JwtGrantClient.Diagnostics;
using Microsoft.Extensions.Logging;

namespace JwtGrantClient.Signing;

/// <summary>
/// Signs with the key that its place holds now. The place is looked at when a signature is wanted, at most every five seconds, and by its
/// content: an atomic rename, a swapped symbolic link and a file written in place look the same. Nothing watches in between. A content that
/// is no good key leaves the last good one in use.
/// </summary>
internal sealed class ReloadingSigner : IJwtSigner
{
    internal static readonly TimeSpan LookInterval = TimeSpan.FromSeconds(5);

    private readonly SigningKeyOptions _options;
    private readonly ILogger _logger;
    private readonly CertificateExpiryWarning _expiry;
    private readonly ReloadingValue<LoadedKey> _key;
    private readonly Func<LoadedKey?, LoadedKey> _read;
    private byte[] _seen;
    private string? _complaint;

    /// <param name="options">Where to look for the next key.</param>
    /// <param name="early">The key that was found there earlier: the place is looked at again before the first signature. Null to look now.</param>
    /// <param name="clock">Tells when to look.</param>
    /// <param name="logger">Told of each key.</param>
    /// <exception cref="JwtGrantException">There is no good key to begin with.</exception>
    public ReloadingSigner(SigningKeyOptions options, LoadedKey? early, TimeProvider clock, ILogger logger)
    {
        (_options, _logger, _expiry) = (options, logger, new(clock, logger));
        (_key, _read) = (new(clock, LookInterval, KeepAfterFailure), Read);
        if (early is not null)
            _key.Set(early);
        var first = early ?? _key.Get(_ => SigningKeyLoader.Load(options));
        _seen = first.Fingerprint;
        Log.KeyLoaded(logger, first.Signer.Algorithm, first.Signer.KeyId, first.Place, first.Signer.Identity.Format);
        _expiry.Check(first.Signer.Identity.Certificate);
    }

    public string Algorithm => Current.Algorithm;

    public string? KeyId => Current.KeyId;

    public IReadOnlyDictionary<string, object>? Header => Current.Header;

    private LocalSigner Current => _key.LastGood!.Signer;

    // A file of a few kilobytes is read here and now: handing it to another thread would cost more, and the assertion has to wait for it
    // either way.
    public ValueTask<IJwtSigner> GetCurrentAsync(CancellationToken cancellationToken = default) => new(_key.Get(_read).Signer);

    public ValueTask<ReadOnlyMemory<byte>> SignAsync(ReadOnlyMemory<byte> signingInput, CancellationToken cancellationToken = default) =>
        Current.SignAsync(signingInput, cancellationToken);

    public void OnAssertionRejected() => _key.Expire();

    private LoadedKey Read(LoadedKey? last)
    {
        var current = Follow(last!);
        _expiry.Check(current.Signer.Identity.Certificate);
        return current;
    }

    private LoadedKey Follow(LoadedKey last)
    {
        using var content = KeySource.Read(_options);
        var seen = content.Fingerprint();
        if (seen.AsSpan().SequenceEqual(_seen))
            return last;
        // Remembered also where it is broken: it is parsed again when it changes, not every five seconds.
        _seen = seen;
        var next = new LoadedKey(SigningKeyLoader.Load(content, _options), content.Place, seen);
        Log.KeyReplaced(_logger, content.Place, last.Signer.KeyId, next.Signer.Algorithm, next.Signer.KeyId);
        _complaint = null;
        return next;
    }

    private bool KeepAfterFailure(LoadedKey last, Exception e)
    {
        if (_complaint != e.Message)
            Log.KeyKept(_logger, last.Signer.KeyId, e);
        _complaint = e.Message;
        _expiry.Check(last.Signer.Identity.Certificate);
        return true;
    }
}

/// <summary>Says that a certificate is about to end: from 30 days before, once a day while it is in use.</summary>
internal sealed class CertificateExpiryWarning(TimeProvider clock, ILogger logger)
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
