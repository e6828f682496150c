namespace JwtGrantClient.Testing.Endpoints;

/// <summary>Keeps the newest requests within two limits, because a server that is started manually may run for days.</summary>
internal sealed class RequestLog
{
    public const int MaxRequests = 10_000;

    /// <summary>The largest size of all kept requests. The newest one is kept in any case.</summary>
    public const long MaxBytes = 32 << 20;

    private readonly Lock _lock = new();
    private readonly Queue<RecordedRequest> _requests = new();
    private long _bytes;
    private int _received;

    /// <summary>Records a request and gives it its number.</summary>
    public RecordedRequest Add(ServerRequest request)
    {
        lock (_lock)
        {
            var record = new RecordedRequest(request, ++_received);
            _requests.Enqueue(record);
            _bytes += record.Size;
            while (_requests.Count > MaxRequests || (_bytes > MaxBytes && _requests.Count > 1))
                _bytes -= _requests.Dequeue().Size;
            return record;
        }
    }

    public IReadOnlyList<RecordedRequest> ToList()
    {
        lock (_lock)
            return [.. _requests];
    }
}
