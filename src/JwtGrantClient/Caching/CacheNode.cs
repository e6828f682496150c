namespace JwtGrantClient.Caching;

/// <summary>
/// The part of an entry that a look-up reads. It is a base class so that its fields are adjacent in memory: with 100,000 entries each further cache
/// line costs a quarter of the look-up.
/// </summary>
internal abstract class CacheNode(TokenRequest request)
{
    /// <summary>
    /// The next entry of the chain. It is a field because a removal takes a reference to it.
    /// </summary>
    public CacheEntry? Next;

    // A copy, because reading it through the request costs one more memory access.
    private readonly string? _subjectAlone = request.SubjectAlone;
    private AccessToken? _token;
    private long _refreshAt = long.MinValue;
    private long _lastUsed;

    /// <summary>Gets the request that the entry was created for; equal requests may be written differently.</summary>
    public TokenRequest Request { get; } = request;

    public int Hash { get; } = request.GetHashCode();

    /// <summary>
    /// Gets or sets the last use, as a stamp of the table in ticks of 100 ns. It is written only if it changes, because threads share its cache line.
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

    /// <summary>Gets the cached token, fresh or not.</summary>
    protected AccessToken? Token => _token;

    /// <summary>Gets when the token is due for refresh.</summary>
    protected long RefreshAt => _refreshAt;

    /// <summary>Returns whether the entry is for a request with the given hash.</summary>
    public bool IsFor(TokenRequest request, int hash) =>
        Hash == hash && ((_subjectAlone is not null && _subjectAlone == request.SubjectAlone) || Request.Equals(request));

    /// <summary>
    /// Returns the token if it is fresh, by two field reads without a lock. The refresh point is read before the token and written after it, so that a
    /// token is never fresh by the refresh point of a later one. A token that was removed in between is null.
    /// </summary>
    public AccessToken? FreshAt(long now) => now < Volatile.Read(ref _refreshAt) ? _token : null;

    protected void SetToken(AccessToken token, long refreshAt)
    {
        Volatile.Write(ref _token, token);
        Volatile.Write(ref _refreshAt, refreshAt);
    }

    /// <summary>Moves the refresh point of the token to now.</summary>
    protected void MakeDue(long now) => Volatile.Write(ref _refreshAt, Math.Min(_refreshAt, now));

    protected void ClearToken()
    {
        Volatile.Write(ref _refreshAt, long.MinValue);
        Volatile.Write(ref _token, null);
    }
}
