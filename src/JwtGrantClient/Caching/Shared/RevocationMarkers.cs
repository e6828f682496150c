using System.Security.Cryptography;
using System.Text;
using JwtGrantClient.Diagnostics;
using Microsoft.Extensions.Logging;

namespace JwtGrantClient.Caching;

/// <summary>
/// The markers of revoked and invalidated tokens in the store that processes share: no process adopts or publishes a token that has one. A marker has a
/// hash of the token and ends when the token expires. One that the store does not accept is written later, while the process runs.
/// </summary>
/// <param name="store">The store.</param>
/// <param name="client">The name of the client, for the log.</param>
/// <param name="time">The clock for the expiry of tokens.</param>
/// <param name="logger">Logs markers that could not be written.</param>
internal sealed class RevocationMarkers(SharedStoreClient store, string client, TimeProvider time, ILogger logger) : IDisposable
{
    /// <summary>The number of markers that wait for the store; a further one replaces the one that ends first.</summary>
    public const int MaxPending = 1000;

    private const string Version = "JwtGrantClient/revoked/1 ";

    public static readonly TimeSpan RetryInterval = TimeSpan.FromSeconds(10);

    private readonly Lock _changing = new();
    private readonly Dictionary<string, DateTimeOffset> _pending = new(StringComparer.Ordinal);
    private ITimer? _timer;
    private bool _isDisposed;

    /// <summary>Adds a marker. It has an effect in this process at once, and in other processes when the task completes, unless the store fails.</summary>
    public Task AddAsync(string token, DateTimeOffset expiresAt)
    {
        var key = KeyOf(token);
        AddPending(key, expiresAt);
        return WriteAsync(key, expiresAt);
    }

    /// <summary>Returns whether a token has a marker. If the store does not respond, the answer is yes, so that a revoked token is not adopted.</summary>
    public async ValueTask<bool> ContainsAsync(string token)
    {
        var key = KeyOf(token);
        lock (_changing)
        {
            if (_pending.ContainsKey(key))
                return true;
        }
        var (succeeded, marker) = await store.GetAsync(key).ConfigureAwait(false);
        return !succeeded || marker is not null;
    }

    public void Dispose()
    {
        lock (_changing)
        {
            _isDisposed = true;
            _timer?.Dispose();
            _timer = null;
        }
    }

    private static string KeyOf(string token) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Version + token)));

    private void AddPending(string key, DateTimeOffset expiresAt)
    {
        var isFull = false;
        lock (_changing)
        {
            if (_pending.Count >= MaxPending && !_pending.ContainsKey(key))
            {
                isFull = true;
                _pending.Remove(FirstToEnd());
            }
            _pending[key] = expiresAt;
        }
        if (isFull)
            Log.MarkerLost(logger, client);
    }

    private string FirstToEnd()
    {
        string? first = null;
        foreach (var (key, expiresAt) in _pending)
            if (first is null || expiresAt < _pending[first])
                first = key;
        return first!;
    }

    private async Task<bool> WriteAsync(string key, DateTimeOffset expiresAt)
    {
        var remaining = expiresAt - time.GetUtcNow();
        if (remaining > TimeSpan.Zero && !await store.SetAsync(key, SharedToken.CreateMarker(key, expiresAt, remaining)).ConfigureAwait(false))
        {
            RetryLater();
            return false;
        }
        lock (_changing)
            _pending.Remove(key);
        return true;
    }

    private void RetryLater()
    {
        lock (_changing)
        {
            // With a timer, a retry is planned already or under way.
            if (_isDisposed || _timer is not null)
                return;
            _timer = BackgroundWork.CreateTimer(time, () => _ = RetryAsync(), RetryInterval);
        }
        Log.MarkerDelayed(logger, client);
    }

    private async Task RetryAsync()
    {
        KeyValuePair<string, DateTimeOffset>[] pending;
        lock (_changing)
            pending = [.. _pending];
        foreach (var (key, expiresAt) in pending)
            if (!await WriteAsync(key, expiresAt).ConfigureAwait(false))
                break;
        lock (_changing)
        {
            if (_pending.Count > 0)
            {
                _timer?.Change(RetryInterval, Timeout.InfiniteTimeSpan);
                return;
            }
            _timer?.Dispose();
            _timer = null;
        }
    }
}
