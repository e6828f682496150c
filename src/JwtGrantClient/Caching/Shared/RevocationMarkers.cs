using System.Security.Cryptography;
using System.Text;
using JwtGrantClient.Diagnostics;
using Microsoft.Extensions.Logging;

namespace JwtGrantClient.Caching;

/// <summary>
/// The markers of revoked and invalidated tokens in the store that processes share: no process adopts or publishes a token that has one. A marker has a
/// hash of the token and ends when the token expires. One that the store does not accept is written later, while the process runs. So is the marker of a
/// token that the store has and that could not be read when it was revoked.
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

    // The keys of the tokens that could not be read, and when they were revoked.
    private readonly Dictionary<string, DateTimeOffset> _unread = new(StringComparer.Ordinal);
    private readonly FailureStreak _losing = new(time) { EndsAfter = TimeSpan.FromHours(1) };
    private ITimer? _timer;
    private bool _isDisposed;

    /// <summary>Adds a marker. It has an effect in this process at once, and in other processes when the task completes, unless the store fails.</summary>
    public Task AddAsync(string token, DateTimeOffset expiresAt)
    {
        var key = KeyOf(token);
        AddTo(_pending, key, expiresAt);
        return WriteAsync(key, expiresAt);
    }

    /// <summary>Adds a marker for the token under a key of the store when the store can be read again, unless that token was issued after this call.</summary>
    public void AddUnread(string key)
    {
        AddTo(_unread, key, time.GetUtcNow());
        RetryLater();
    }

    /// <summary>Returns whether the token under a key of the store was revoked while the store could not be read.</summary>
    public bool ContainsUnread(string key, SharedToken entry)
    {
        lock (_changing)
            return _unread.TryGetValue(key, out var revokedAt) && IsIssuedBefore(revokedAt, entry);
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

    private static bool IsIssuedBefore(DateTimeOffset moment, SharedToken entry) => entry.ExpiresAt - entry.Lifetime <= moment;

    private void AddTo(Dictionary<string, DateTimeOffset> markers, string key, DateTimeOffset moment)
    {
        var isFull = false;
        lock (_changing)
        {
            if (markers.Count >= MaxPending && !markers.ContainsKey(key))
            {
                isFull = true;
                markers.Remove(FirstToEnd(markers));
            }
            markers[key] = moment;
        }
        if (isFull && _losing.OnFailed() is { } report)
            Log.MarkerLost(logger, client, new(report.Since), report.Failures);
    }

    private static string FirstToEnd(Dictionary<string, DateTimeOffset> markers)
    {
        string? first = null;
        foreach (var (key, expiresAt) in markers)
            if (first is null || expiresAt < markers[first])
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

    private async Task<bool> ReadAsync(string key, DateTimeOffset revokedAt)
    {
        var (succeeded, entry) = await store.GetAsync(key).ConfigureAwait(false);
        if (!succeeded)
            return false;
        if (entry is { Token: { } token } && IsIssuedBefore(revokedAt, entry))
            await AddAsync(token.Value, token.ExpiresAt).ConfigureAwait(false);
        lock (_changing)
            if (_unread.TryGetValue(key, out var current) && current == revokedAt)
                _unread.Remove(key);
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
        Dictionary<string, DateTimeOffset> unread, pending;
        lock (_changing)
            (unread, pending) = (new(_unread), new(_pending));
        foreach (var (key, revokedAt) in unread)
            if (!await ReadAsync(key, revokedAt).ConfigureAwait(false))
                break;
        foreach (var (key, expiresAt) in pending)
            if (!await WriteAsync(key, expiresAt).ConfigureAwait(false))
                break;
        lock (_changing)
        {
            if (_pending.Count + _unread.Count > 0)
            {
                _timer?.Change(RetryInterval, Timeout.InfiniteTimeSpan);
                return;
            }
            _timer?.Dispose();
            _timer = null;
        }
    }
}
