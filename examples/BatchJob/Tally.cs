namespace BatchJob;

/// <summary>What is counted while the job runs.</summary>
internal sealed class Tally
{
    private int _requests, _ok, _failed, _unauthorized, _tokens, _ahead, _blocked;
    private long _rows;

    public int Requests => Volatile.Read(ref _requests);

    public int Ok => Volatile.Read(ref _ok);

    public int Failures => Volatile.Read(ref _failed);

    public int Unauthorized => Volatile.Read(ref _unauthorized);

    /// <summary>Tokens that the client acquired, whatever the reason.</summary>
    public int Tokens => Volatile.Read(ref _tokens);

    /// <summary>Tokens acquired before the last one expired, with no caller waiting.</summary>
    public int Ahead => Volatile.Read(ref _ahead);

    /// <summary>Calls that had to wait for a token after the first.</summary>
    public int Blocked => Volatile.Read(ref _blocked);

    public long Rows => Volatile.Read(ref _rows);

    public int NextPage() => Interlocked.Increment(ref _requests);

    public void Downloaded(int rows)
    {
        Interlocked.Increment(ref _ok);
        Interlocked.Add(ref _rows, rows);
    }

    public void Failed() => Interlocked.Increment(ref _failed);

    public void RefusedByApi() => Interlocked.Increment(ref _unauthorized);

    public void Acquired(bool ahead)
    {
        Interlocked.Increment(ref _tokens);
        if (ahead)
            Interlocked.Increment(ref _ahead);
    }

    public void CallBlocked() => Interlocked.Increment(ref _blocked);
}
