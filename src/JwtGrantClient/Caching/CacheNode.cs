namespace JwtGrantClient.Caching;

/// <summary>
/// The part of an entry that a look-up reads. In a base class, because its fields then lie side by side in memory: with 100,000 entries each
/// further cache line is a fourth of the whole look-up.
/// </summary>
internal abstract class CacheNode(TokenRequest request)
{
    /// <summary>
    /// The next of the chain. A field, because a removal writes to the place of the link, whether that is here or in the table.
    /// </summary>
    public CacheEntry? Next;

    // Copied, because the way to it through the request is one more place in memory to wait for.
    private readonly string? _subjectAlone = request.SubjectAlone;
    private AccessToken? _token;
    private long _refreshAt = long.MinValue;
    private long _lastUsed;

    /// <summary>What the token is for: the first spelling of it that came.</summary>
    public TokenRequest Request { get; } = request;

    public int Hash { get; } = request.GetHashCode();

    /// <summary>
    /// In the table's stamps, which count ticks of 100 ns. Threads that share an identity share its line: written only when it changes.
    /// </summary>
    public long LastUsed
    {
        get => Volatile.Read(ref _lastUsed);
        set
        {
            if (_lastUsed != value)
                Volatile.Write(ref _lastUsed, value);
        }
    }

    /// <summary>The cached token, fresh or not.</summary>
    protected AccessToken? Token => _token;

    /// <summary>When it is to be refreshed.</summary>
    protected long RefreshAt => _refreshAt;

    /// <summary>Whether the entry is for this request, whose hash is given.</summary>
    public bool IsFor(TokenRequest request, int hash) =>
        Hash == hash && ((_subjectAlone is not null && _subjectAlone == request.SubjectAlone) || Request.Equals(request));

    /// <summary>
    /// Returns the token if it is fresh: two field reads, no lock. The moment is read before the token and written after it, so that a token
    /// is never taken for fresh by the moment of a later one; one that was dropped in between is null.
    /// </summary>
    public AccessToken? FreshAt(long now) => now < Volatile.Read(ref _refreshAt) ? _token : null;

    protected void Keep(AccessToken token, long refreshAt)
    {
        Volatile.Write(ref _token, token);
        Volatile.Write(ref _refreshAt, refreshAt);
    }

    protected void Drop()
    {
        Volatile.Write(ref _refreshAt, long.MinValue);
        Volatile.Write(ref _token, null);
    }
}
