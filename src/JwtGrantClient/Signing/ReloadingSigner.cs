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
    private readonly TimeProvider _clock;
    private readonly ILogger _logger;
    private readonly ExpiryWarning _expiry;
    private LocalSigner _current;
    private byte[] _seen;
    private string? _complaint;
    private long _nextLook;
    private int _looking;

    /// <param name="options">Where to look for the next key.</param>
    /// <param name="early">The key that was found there earlier: the place is looked at again before the first signature. Null to look now.</param>
    /// <param name="clock">Tells when to look.</param>
    /// <param name="logger">Told of each key.</param>
    /// <exception cref="JwtGrantException">There is no good key to begin with.</exception>
    public ReloadingSigner(SigningKeyOptions options, LoadedKey? early, TimeProvider clock, ILogger logger)
    {
        (_options, _clock, _logger, _expiry) = (options, clock, logger, new(clock, logger));
        (_current, var place, _seen) = early ?? LoadedKey.From(options);
        _nextLook = early is null ? clock.GetTimestamp() + IntervalTicks : long.MinValue;
        Log.KeyLoaded(logger, _current.Algorithm, _current.KeyId, place, _current.Identity.Format);
        _expiry.Check(_current.Identity.Certificate);
    }

    public string Algorithm => Current.Algorithm;

    public string? KeyId => Current.KeyId;

    public IReadOnlyDictionary<string, object>? Header => Current.Header;

    private LocalSigner Current => Volatile.Read(ref _current);

    private long IntervalTicks => (long)(LookInterval.TotalSeconds * _clock.TimestampFrequency);

    public ValueTask<IJwtSigner> GetCurrentAsync(CancellationToken cancellationToken = default)
    {
        if (_clock.GetTimestamp() >= Volatile.Read(ref _nextLook))
            Look();
        return new(Current);
    }

    public ValueTask<ReadOnlyMemory<byte>> SignAsync(ReadOnlyMemory<byte> signingInput, CancellationToken cancellationToken = default) =>
        Current.SignAsync(signingInput, cancellationToken);

    public void OnAssertionRejected() => Volatile.Write(ref _nextLook, long.MinValue);

    // One thread looks, the others sign on with the key there is. A file of a few kilobytes is read here and now: handing it to another
    // thread would cost more, and the assertion has to wait for it either way.
    private void Look()
    {
        if (Interlocked.Exchange(ref _looking, 1) == 1)
            return;
        try
        {
            Volatile.Write(ref _nextLook, _clock.GetTimestamp() + IntervalTicks);
            TryTakeOver();
            _expiry.Check(_current.Identity.Certificate);
        }
        finally
        {
            Volatile.Write(ref _looking, 0);
        }
    }

    private void TryTakeOver()
    {
        try
        {
            TakeOver();
        }
        catch (JwtGrantException e)
        {
            if (_complaint != e.Message)
                Log.KeyKept(_logger, _current.KeyId, e);
            _complaint = e.Message;
        }
    }

    private void TakeOver()
    {
        using var content = KeySource.Read(_options);
        var seen = content.Fingerprint();
        if (seen.AsSpan().SequenceEqual(_seen))
            return;
        // Remembered also where it is broken: it is parsed again when it changes, not every five seconds.
        _seen = seen;
        var next = SigningKeyLoader.Load(content, _options);
        Log.KeyReplaced(_logger, content.Place, _current.KeyId, next.Algorithm, next.KeyId);
        Volatile.Write(ref _current, next);
        _complaint = null;
    }
}
