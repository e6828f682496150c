namespace JwtGrantClient.Credentials;

/// <summary>
/// A value that is read again while it is in use, such as a key whose file can be replaced. Where a later reading fails, the last good
/// value stays in use, if its owner wants that.
/// </summary>
/// <remarks>
/// Without an interval every call reads. With one, a call reads once the interval has passed, and while it reads, other calls go on with the
/// value that is there: <see cref="Get"/> reads in the call itself, which is for files; <see cref="GetAsync"/> waits for the first reading
/// only, and later ones run in the background, which is for the network. A first reading that fails is the caller's error.
/// </remarks>
/// <typeparam name="T">The value, which must not change.</typeparam>
internal sealed class ReloadingValue<T>
    where T : class
{
    private readonly TimeProvider? _clock;
    private readonly TimeSpan _interval;
    private readonly Func<T, Exception, bool> _keepLastGood;
    private T? _lastGood;
    private long _due = long.MinValue;
    private int _isReading;

    /// <summary>Creates a value that every call reads.</summary>
    /// <param name="keepLastGood">Told of a reading that failed; returns whether the last good value stays in use.</param>
    public ReloadingValue(Func<T, Exception, bool> keepLastGood) => _keepLastGood = keepLastGood;

    /// <summary>Creates a value that is read again when an interval has passed.</summary>
    /// <param name="clock">Tells when it has.</param>
    /// <param name="interval">From one reading to the next.</param>
    /// <param name="keepLastGood">Told of a reading that failed; returns whether the last good value stays in use.</param>
    public ReloadingValue(TimeProvider clock, TimeSpan interval, Func<T, Exception, bool> keepLastGood)
        : this(keepLastGood) => (_clock, _interval) = (clock, interval);

    /// <summary>Gets how long a reading in the background may take. Default: no limit.</summary>
    public TimeSpan BackgroundTimeout { get; init; } = Timeout.InfiniteTimeSpan;

    /// <summary>Gets the time from a reading that failed to the next. Default: the interval.</summary>
    public TimeSpan? IntervalAfterFailure { get; init; }

    /// <summary>Gets the value that was read last; null before the first reading.</summary>
    public T? LastGood => Volatile.Read(ref _lastGood);

    /// <summary>Takes a value that was read earlier. The next call reads again.</summary>
    public void Set(T value) => Volatile.Write(ref _lastGood, value);

    /// <summary>Makes the next call read, whatever the interval.</summary>
    public void Expire() => Volatile.Write(ref _due, long.MinValue);

    /// <summary>Returns the value, and reads it first where that is due.</summary>
    /// <param name="read">Reads the value; gets the last good one, which it may return.</param>
    /// <exception cref="JwtGrantException">The reading failed, and there is no last good value to keep.</exception>
    public T Get(Func<T?, T> read)
    {
        var last = LastGood;
        if (last is not null)
        {
            if (!TakeTurn())
                return last;
            // Again, because another reading may have ended between the two lines above: what it read must not be overwritten by what was before.
            last = LastGood;
        }
        try
        {
            // Before the reading: if the value expires meanwhile, it is read once more.
            Schedule(_interval);
            var value = read(last);
            Volatile.Write(ref _lastGood, value);
            return value;
        }
        catch (JwtGrantException e) when (last is not null)
        {
            if (KeepAfter(last, e))
                return last;
            throw;
        }
        finally
        {
            Volatile.Write(ref _isReading, 0);
        }
    }

    /// <summary>Returns the value. Without an interval, and at first, it is read by this call; else in the background where that is due.</summary>
    /// <param name="read">Reads the value.</param>
    /// <param name="cancellationToken">Cancels a reading that this call waits for.</param>
    /// <exception cref="JwtGrantException">The reading failed, and there is no last good value to keep.</exception>
    public ValueTask<T> GetAsync(Func<CancellationToken, ValueTask<T>> read, CancellationToken cancellationToken)
    {
        var last = LastGood;
        if (last is null || _clock is null)
            return ReadAsync(read, last, cancellationToken);
        if (TakeTurn())
            ReadInBackground(read, last, _clock);
        return new(last);
    }

    private async ValueTask<T> ReadAsync(Func<CancellationToken, ValueTask<T>> read, T? last, CancellationToken cancellationToken)
    {
        try
        {
            var value = await read(cancellationToken).ConfigureAwait(false);
            Volatile.Write(ref _lastGood, value);
            Schedule(_interval);
            return value;
        }
        catch (JwtGrantException e) when (last is not null)
        {
            if (KeepAfter(last, e))
                return last;
            throw;
        }
    }

    private void ReadInBackground(Func<CancellationToken, ValueTask<T>> read, T last, TimeProvider clock)
    {
        // Made here and not in the background, so that whoever watches the clock sees the reading from its beginning to its end.
#pragma warning disable CA2000 // The reading disposes it when it has ended.
        var timeout = new CancellationTokenSource(BackgroundTimeout, clock);
#pragma warning restore CA2000
        // Without the context of whoever happened to ask: the reading is not part of their request, nor of its trace.
        ThreadPool.UnsafeQueueUserWorkItem(
            static reading => _ = reading.This.ReadInBackgroundAsync(reading.Read, reading.Last, reading.Timeout),
            (This: this, Read: read, Last: last, Timeout: timeout),
            preferLocal: false);
    }

    private async Task ReadInBackgroundAsync(Func<CancellationToken, ValueTask<T>> read, T last, CancellationTokenSource timeout)
    {
        using var ending = timeout;
        try
        {
            var value = await read(timeout.Token).ConfigureAwait(false);
            Volatile.Write(ref _lastGood, value);
            Schedule(_interval);
        }
        // Also what comes of the timeout, and of an owner that was disposed meanwhile.
        catch (Exception e) when (e is JwtGrantException or OperationCanceledException or ObjectDisposedException)
        {
            Schedule(_interval);
            KeepAfter(last, e);
        }
        finally
        {
            Volatile.Write(ref _isReading, 0);
        }
    }

    private bool KeepAfter(T last, Exception e)
    {
        if (IntervalAfterFailure is { } interval)
            Schedule(interval);
        return _keepLastGood(last, e);
    }

    // One caller reads, the others go on.
    private bool TakeTurn() => _clock is null
        || (_clock.GetTimestamp() >= Volatile.Read(ref _due) && Interlocked.Exchange(ref _isReading, 1) == 0);

    private void Schedule(TimeSpan interval)
    {
        if (_clock is not null)
            Volatile.Write(ref _due, _clock.GetTimestamp() + (long)(interval.TotalSeconds * _clock.TimestampFrequency));
    }
}
