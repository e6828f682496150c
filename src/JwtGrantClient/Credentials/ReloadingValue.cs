namespace JwtGrantClient.Credentials;

/// <summary>
/// A value that is read again while it is in use, such as a key whose file can be replaced. If a later read fails, the last good value can stay
/// in use.
/// </summary>
/// <remarks>
/// <para>
/// Without an interval, every call reads the value. With an interval, a call reads the value when the interval has passed. Concurrent calls
/// return the last value without waiting for that read.
/// </para>
/// <para>
/// <see cref="Get"/> is for files: the call itself reads. <see cref="GetAsync"/> is for the network: concurrent first calls wait for one read, and
/// later reads run in the background. If the first read fails, its exception is thrown to the caller.
/// </para>
/// </remarks>
/// <typeparam name="T">The type of the value, which is immutable.</typeparam>
internal sealed class ReloadingValue<T>
    where T : class
{
    private readonly TimeProvider? _clock;
    private readonly TimeSpan _interval;
    private readonly Func<T, Exception, bool> _onFailure;
    private readonly Lock _sharing = new();
    private T? _lastGood;
    private long _nextReadAt = long.MinValue;
    private int _isReading;
    private FirstRead? _firstRead;

    /// <summary>Initializes a value that every call reads.</summary>
    /// <param name="onFailure">Called when a read fails. Returns whether the last good value stays in use.</param>
    public ReloadingValue(Func<T, Exception, bool> onFailure) => _onFailure = onFailure;

    /// <summary>Initializes a value that is read again when an interval has passed.</summary>
    /// <param name="clock">The clock that measures the interval.</param>
    /// <param name="interval">The time from one read to the next.</param>
    /// <param name="onFailure">Called when a read fails. Returns whether the last good value stays in use.</param>
    public ReloadingValue(TimeProvider clock, TimeSpan interval, Func<T, Exception, bool> onFailure)
        : this(onFailure) => (_clock, _interval) = (clock, interval);

    /// <summary>Gets the timeout of a read in the background. Default: no timeout.</summary>
    public TimeSpan BackgroundTimeout { get; init; } = Timeout.InfiniteTimeSpan;

    /// <summary>Gets the time from a failed read to the next read. Default: the interval.</summary>
    public TimeSpan? IntervalAfterFailure { get; init; }

    /// <summary>Gets the value of the last successful read; null before the first one.</summary>
    public T? LastGood => Volatile.Read(ref _lastGood);

    /// <summary>Sets a value that was read elsewhere. The next call reads again.</summary>
    public void Set(T value) => Volatile.Write(ref _lastGood, value);

    /// <summary>Ends the interval, so that the next call reads.</summary>
    public void Expire() => Volatile.Write(ref _nextReadAt, long.MinValue);

    /// <summary>Returns the value. Reads it first if the interval has passed.</summary>
    /// <param name="read">Reads the value. The argument is the last good value, which it may return again.</param>
    /// <exception cref="JwtGrantException">The read failed, and no last good value stays in use.</exception>
    public T Get(Func<T?, T> read)
    {
        var last = LastGood;
        if (last is not null)
        {
            if (!TryBeginRead())
                return last;
            // Read the field again: another read may have completed since the first access, and its value must not be replaced by an older one.
            last = LastGood;
        }
        try
        {
            // Before the read, so that a call of Expire during the read takes effect.
            Schedule(_interval);
            var value = read(last);
            Volatile.Write(ref _lastGood, value);
            return value;
        }
        catch (JwtGrantException e) when (last is not null)
        {
            if (HandleFailure(last, e))
                return last;
            throw;
        }
        finally
        {
            Volatile.Write(ref _isReading, 0);
        }
    }

    /// <summary>
    /// Returns the value. The first call reads it, as does every call if there is no interval. Later calls start a read in the background if the
    /// interval has passed.
    /// </summary>
    /// <param name="read">Reads the value.</param>
    /// <param name="cancellationToken">Cancels a read that this call waits for.</param>
    /// <exception cref="JwtGrantException">The read failed, and no last good value stays in use.</exception>
    public ValueTask<T> GetAsync(Func<CancellationToken, ValueTask<T>> read, CancellationToken cancellationToken)
    {
        var last = LastGood;
        if (_clock is null)
            return ReadAsync(read, last, cancellationToken);
        if (last is null)
            return new(ReadFirstAsync(read, cancellationToken));
        if (TryBeginRead())
            ReadInBackground(read, last, _clock);
        return new(last);
    }

    // Concurrent calls share the read. It is canceled when no call waits for it any more.
    private async Task<T> ReadFirstAsync(Func<CancellationToken, ValueTask<T>> read, CancellationToken cancellationToken)
    {
        FirstRead? started = null, shared;
        lock (_sharing)
        {
            if (_firstRead is not { Result.Task.IsCompleted: false })
                _firstRead = started = new();
            shared = _firstRead;
            shared.Waiting++;
        }
        if (started is not null)
            _ = CompleteAsync(started);
        try
        {
            return await shared.Result.Task.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            await LeaveAsync(shared).ConfigureAwait(false);
        }

        async Task CompleteAsync(FirstRead first)
        {
            var reading = ReadAsync(read, last: null, first.Abandoned.Token).AsTask();
            await ((Task)reading).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            first.Result.SetFromTask(reading);
            // Observes the exception if no call waits any more.
            _ = first.Result.Task.Exception;
        }
    }

    private async Task LeaveAsync(FirstRead read)
    {
        lock (_sharing)
        {
            if (--read.Waiting > 0)
                return;
            if (_firstRead == read)
                _firstRead = null;
        }
        if (!read.Result.Task.IsCompleted)
            await read.Abandoned.CancelAsync().ConfigureAwait(false);
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
            if (HandleFailure(last, e))
                return last;
            throw;
        }
    }

    private void ReadInBackground(Func<CancellationToken, ValueTask<T>> read, T last, TimeProvider clock)
    {
        // Created here and not on the thread pool, so that the timeout starts with the call.
#pragma warning disable CA2000 // ReadInBackgroundAsync disposes it.
        var timeout = new CancellationTokenSource(BackgroundTimeout, clock);
#pragma warning restore CA2000
        // Without the execution context of the caller: the read is not part of the caller's request or trace.
        ThreadPool.UnsafeQueueUserWorkItem(
            static state => _ = state.This.ReadInBackgroundAsync(state.Read, state.Last, state.Timeout),
            (This: this, Read: read, Last: last, Timeout: timeout),
            preferLocal: false);
    }

    private async Task ReadInBackgroundAsync(Func<CancellationToken, ValueTask<T>> read, T last, CancellationTokenSource timeout)
    {
        using var disposal = timeout;
        try
        {
            var value = await read(timeout.Token).ConfigureAwait(false);
            Volatile.Write(ref _lastGood, value);
            Schedule(_interval);
        }
        // The timeout cancels the read, and the owner of the value may have been disposed.
        catch (Exception e) when (e is JwtGrantException or OperationCanceledException or ObjectDisposedException)
        {
            Schedule(_interval);
            HandleFailure(last, e);
        }
        finally
        {
            Volatile.Write(ref _isReading, 0);
        }
    }

    private bool HandleFailure(T last, Exception e)
    {
        if (IntervalAfterFailure is { } interval)
            Schedule(interval);
        return _onFailure(last, e);
    }

    // With an interval, one caller at a time reads; the others continue with the last value.
    private bool TryBeginRead() => _clock is null
        || (_clock.GetTimestamp() >= Volatile.Read(ref _nextReadAt) && Interlocked.Exchange(ref _isReading, 1) == 0);

    private void Schedule(TimeSpan interval)
    {
        if (_clock is not null)
            Volatile.Write(ref _nextReadAt, _clock.GetTimestamp() + (long)(interval.TotalSeconds * _clock.TimestampFrequency));
    }

    /// <summary>The first read, which concurrent calls share. Its cancellation source has no timer and no handle to dispose.</summary>
    private sealed class FirstRead
    {
        public TaskCompletionSource<T> Result { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public CancellationTokenSource Abandoned { get; } = new();

        public int Waiting { get; set; }
    }
}
