using System.Security.Cryptography.X509Certificates;
using JwtGrantClient.Credentials;
using JwtGrantClient.Diagnostics;
using JwtGrantClient.Protocol;
using Microsoft.Extensions.Logging;

namespace JwtGrantClient.Signing;

/// <summary>
/// Signs with the current key of a file or another source. The source is read again before a signature, at most every five seconds, and its
/// content is compared. So it does not matter whether a file is replaced by a rename, by a symbolic link or in place. If the new content is not
/// a usable key, the last good key stays in use.
/// </summary>
internal sealed class ReloadingSigner : IJwtSigner
{
    internal static readonly TimeSpan CheckInterval = TimeSpan.FromSeconds(5);

    private readonly SigningKeyOptions _options;
    private readonly ILogger _logger;
    private readonly CertificateExpiryWarning _expiry;
    private readonly ReloadingValue<LoadedKey> _key;
    private readonly Func<LoadedKey?, LoadedKey> _read;
    private readonly TimeProvider _clock;
    private byte[] _lastFingerprint;
    private long _loadedAt;
    private string? _lastError;

    /// <param name="options">The source of the key.</param>
    /// <param name="preloaded">A key that was loaded earlier. The source is read again before the first signature. Null to load the key now.</param>
    /// <param name="clock">The clock that measures the interval.</param>
    /// <param name="logger">Logs each new key and each failure.</param>
    /// <exception cref="JwtGrantException">The first key cannot be loaded.</exception>
    public ReloadingSigner(SigningKeyOptions options, LoadedKey? preloaded, TimeProvider clock, ILogger logger)
    {
        (_options, _logger, _expiry, _clock, _loadedAt) = (options, logger, new(clock, logger), clock, clock.GetTimestamp());
        (_key, _read) = (new(clock, CheckInterval, OnReadFailed), Read);
        if (preloaded is not null)
            _key.Set(preloaded);
        var first = preloaded ?? _key.Get(_ => SigningKeyLoader.Load(options));
        _lastFingerprint = first.Fingerprint;
        Log.KeyLoaded(logger, first.Signer.Algorithm, ShowKeyId(first), first.Place, first.Signer.Identity.Format);
        _expiry.Check(first.Signer.Identity.Certificate);
    }

    public string Algorithm => Current.Algorithm;

    public string? KeyId => Current.KeyId;

    public IReadOnlyDictionary<string, object>? Header => Current.Header;

    /// <summary>Gets the client that the key belongs to; null if its file does not say it.</summary>
    public string? Owner => Current.Identity.Owner;

    /// <summary>Gets what the file of the current key contains about the client; null if it contains nothing.</summary>
    public KeyFileAccount? Account => Current.Identity.Account;

    /// <summary>Gets the certificate of the current key; null if it has none.</summary>
    public X509Certificate2? Certificate => Current.Identity.Certificate;

    /// <summary>Gets the time since the current key was read.</summary>
    public TimeSpan Age => _clock.GetElapsedTime(Volatile.Read(ref _loadedAt));

    private LocalSigner Current => _key.LastGood!.Signer;

    // Synchronous: the file has a few kilobytes, another thread would cost more, and the assertion has to wait for the key in any case.
    public ValueTask<IJwtSigner> GetCurrentAsync(CancellationToken cancellationToken = default) => new(_key.Get(_read).Signer);

    public ValueTask<ReadOnlyMemory<byte>> SignAsync(ReadOnlyMemory<byte> signingInput, CancellationToken cancellationToken = default) =>
        Current.SignAsync(signingInput, cancellationToken);

    public void OnAssertionRejected() => _key.Expire();

    private LoadedKey Read(LoadedKey? last)
    {
        var current = ReadIfChanged(last!);
        _expiry.Check(current.Signer.Identity.Certificate);
        return current;
    }

    private LoadedKey ReadIfChanged(LoadedKey last)
    {
        using var source = KeySource.Read(_options);
        var fingerprint = source.ComputeFingerprint();
        if (fingerprint.AsSpan().SequenceEqual(_lastFingerprint))
            return last;
        // Also stored for a content that cannot be parsed, so that it is parsed again only after it has changed.
        _lastFingerprint = fingerprint;
        var next = new LoadedKey(SigningKeyLoader.Load(source, _options), source.Place, fingerprint);
        Log.KeyReplaced(_logger, source.Place, ShowReplaced(last), next.Signer.Algorithm, ShowReplaced(next));
        _lastError = null;
        Volatile.Write(ref _loadedAt, _clock.GetTimestamp());
        return next;
    }

    // The id of a key is no secret, but the setting may contain one by mistake.
    private string? ShowKeyId(LoadedKey key) => key.Signer.KeyId is { } id && id == _options.KeyId ? SettingText.Show(id) : key.Signer.KeyId;

    // Two keys without an id, or with the one of the setting, are told apart by their thumbprints, which a JWK set at the server can be searched for.
    private string ShowReplaced(LoadedKey key) => ShowKeyId(key) is { Length: > 0 } id ? $"{id}, thumbprint {key.Signer.ComputeThumbprint()}" : $"thumbprint {key.Signer.ComputeThumbprint()}";

    private bool OnReadFailed(LoadedKey last, Exception e)
    {
        if (_lastError != e.Message)
            Log.KeyReloadFailed(_logger, ShowKeyId(last), e);
        _lastError = e.Message;
        _expiry.Check(last.Signer.Identity.Certificate);
        return true;
    }
}

/// <summary>Logs a warning for a certificate that expires within 30 days, once a day while the certificate is in use.</summary>
internal sealed class CertificateExpiryWarning(TimeProvider clock, ILogger logger)
{
    private static readonly TimeSpan WarningPeriod = TimeSpan.FromDays(30), RepeatInterval = TimeSpan.FromDays(1);

    private string? _lastThumbprint;
    private DateTimeOffset _nextWarningAt;

    /// <summary>Logs a warning if it is due.</summary>
    public void Check(X509Certificate2? certificate)
    {
        if (certificate is null)
            return;
        var now = clock.GetUtcNow();
        var expiry = new DateTimeOffset(certificate.NotAfter.ToUniversalTime());
        if (expiry - now > WarningPeriod || (_lastThumbprint == certificate.Thumbprint && now < _nextWarningAt))
            return;
        (_lastThumbprint, _nextWarningAt) = (certificate.Thumbprint, now + RepeatInterval);
        if (expiry > now)
            Log.CertificateExpires(logger, certificate.Subject, certificate.Thumbprint, new(expiry), (int)(expiry - now).TotalDays);
        else
            Log.CertificateExpired(logger, certificate.Subject, certificate.Thumbprint, new(expiry));
    }
}
