using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using JwtGrantClient.Caching;

namespace JwtGrantClient.Setup;

/// <summary>
/// Releases the clients named at run time that were not used for their <see cref="CacheOptions.IdleTime"/>, with their tokens and connections. Nothing of a
/// released client is disposed: the garbage collector removes it when the application does not hold it either. A source that the application holds goes on
/// working, with its DPoP key, and is still the client of its name.
/// </summary>
/// <param name="time">The clock of the container.</param>
internal sealed class IdleClients(TimeProvider time)
{
    // The shortest idle time.
    public static readonly TimeSpan SweepInterval = TimeSpan.FromMinutes(1);

    private readonly ConcurrentDictionary<string, WeakReference<ComposedClient>> _released = new(StringComparer.Ordinal);

    // An application holds a part of a client. The whole client lives as long as each of these.
    private readonly ConditionalWeakTable<object, ComposedClient> _parts = [];
    private readonly Lock _lock = new();
    private ITimer? _timer;
    private bool _isStopped;

    /// <summary>Gets the clients that were released and are still held by the application.</summary>
    public IEnumerable<ComposedClient> Held => _released.Values.Select(client => client.TryGetTarget(out var held) ? held : null).OfType<ComposedClient>();

    /// <summary>Records that a client is used.</summary>
    public void OnUsed(ComposedClient client) => client.LastUsed = time.GetTimestamp();

    /// <summary>Makes a client one that is released when it is idle.</summary>
    /// <param name="client">The client.</param>
    /// <param name="idleTime">The time without a use.</param>
    /// <param name="sweep">Releases the idle clients; called once a minute.</param>
    public void Watch(ComposedClient client, TimeSpan idleTime, Action sweep)
    {
        (client.IdleTime, client.LastUsed) = (idleTime, time.GetTimestamp());
        lock (_lock)
            _timer ??= _isStopped ? null : BackgroundWork.CreateTimer(time, () => Sweep(sweep), SweepInterval);
    }

    /// <summary>Returns whether a client was idle for so long that it can be released.</summary>
    public bool IsIdle(ComposedClient client) =>
        client.IdleTime is { } idleTime && time.GetElapsedTime(client.LastUsed) >= idleTime && !(client.RevokeOnDispose && client.Tokens.HasToken());

    /// <summary>Releases a client.</summary>
    public void Release(string name, ComposedClient client)
    {
        foreach (var part in client.Parts)
            _parts.AddOrUpdate(part, client);
        _released[name] = new(client);
    }

    /// <summary>Returns a released client that the application still holds; null if there is none.</summary>
    public ComposedClient? TakeBack(string name) => _released.TryRemove(name, out var client) && client.TryGetTarget(out var held) ? held : null;

    /// <summary>Stops to release clients.</summary>
    public void Stop()
    {
        lock (_lock)
        {
            _isStopped = true;
            _timer?.Dispose();
            _timer = null;
        }
    }

    private void Sweep(Action sweep)
    {
        sweep();
        foreach (var (name, client) in _released)
            if (!client.TryGetTarget(out _))
                _released.TryRemove(new(name, client));
        lock (_lock)
            _timer?.Change(SweepInterval, Timeout.InfiniteTimeSpan);
    }
}
