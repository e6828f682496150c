namespace JwtGrantClient.Testing.Validation;

/// <summary>
/// Records the used ids of each issuer, with the request that used them. An id is removed once its assertion has expired and would be refused anyway.
/// </summary>
internal sealed class ReplayStore(TimeProvider time, TimeSpan skew)
{
    private readonly ExpiringTable<int> _usedIds = new(time);

    /// <summary>
    /// Records an id; returns null, or the number of the request that used it before. It is atomic: of concurrent calls with one id one succeeds.
    /// </summary>
    public int? FindOrRecord(string issuer, string id, DateTimeOffset expiresAt, int request)
    {
        var key = TextHash.Compute(issuer, id);
        if (_usedIds.TryAdd(key, request, expiresAt + skew))
            return null;
        return _usedIds.TryGet(key, out var first) ? first : request;
    }

    /// <summary>Returns the number of the request that used an id; null if none did.</summary>
    public int? Find(string issuer, string id) => _usedIds.TryGet(TextHash.Compute(issuer, id), out var request) ? request : null;

    public int Count => _usedIds.Count;
}
