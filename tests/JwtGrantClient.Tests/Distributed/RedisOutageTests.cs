using System.Collections.Concurrent;
using System.Diagnostics;
using JwtGrantClient.Tests.TestSupport;
using Microsoft.Extensions.DependencyInjection;

namespace JwtGrantClient.Tests.Distributed;

/// <summary>Kills, pauses and restarts the Redis server under load. The lifetime of the tokens is two seconds.</summary>
public sealed class RedisOutageTests : IDisposable
{
    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(10);

    private readonly TemporaryFolder _ring = new();
    private readonly FakeTokenEndpoint _endpoint = new() { Lifetime = 2 };
    private readonly ConcurrentDictionary<string, Pod> _firstSeenBy = new();
    private readonly ConcurrentDictionary<string, bool> _shared = new();
    private int _calls;

    public static TheoryData<string> Servers => RedisServer.Kinds;

    [Theory]
    [MemberData(nameof(Servers))]
    public async Task No_call_fails_while_the_Redis_server_is_killed_paused_and_restarted(string kind)
    {
        await using var server = await RedisServer.StartAsync(kind);
        await using Pod one = CreatePod(server), two = CreatePod(server);
        using var stop = new CancellationTokenSource();
        var load = Task.WhenAll(CallAsync(one, stop.Token), CallAsync(two, stop.Token));

        await WaitForMoreAsync(2, () => _shared.Count);
        server.Kill();
        await WaitForMoreAsync(4, () => _endpoint.Requests);
        await server.StartAsync();
        await WaitForMoreAsync(2, () => _shared.Count);
        await server.PauseAsync();
        await WaitForMoreAsync(4, () => _endpoint.Requests);
        await server.ResumeAsync();
        await WaitForMoreAsync(2, () => _shared.Count);
        await stop.CancelAsync();

        await load.WithTimeout();
        Assert.True(_calls > 200, $"{_calls} calls are too few.");
    }

    public void Dispose() => _ring.Dispose();

    private async Task CallAsync(Pod pod, CancellationToken stop)
    {
        using var timer = new PeriodicTimer(Step);
        while (!stop.IsCancellationRequested)
        {
            var token = await pod.GetAsync();
            if (_firstSeenBy.GetOrAdd(token, pod) != pod)
                _shared[token] = true;
            Interlocked.Increment(ref _calls);
            await timer.WaitForNextTickAsync(TestContext.Current.CancellationToken);
        }
    }

    /// <summary>Waits until the count has grown by a number of issued tokens, or of tokens that both pods have got.</summary>
    private static async Task WaitForMoreAsync(int more, Func<int> count)
    {
        var target = count() + more;
        using var timer = new PeriodicTimer(Step);
        var elapsed = Stopwatch.StartNew();
        while (count() < target)
        {
            Assert.True(elapsed.Elapsed < TimeSpan.FromMinutes(2), $"The count is still {count()}; expected {target}.");
            await timer.WaitForNextTickAsync(TestContext.Current.CancellationToken);
        }
    }

    private Pod CreatePod(RedisServer server) => new(
        new DirectoryInfo(_ring.Path),
        services => services.AddStackExchangeRedisCache(options => options.Configuration = server.Configuration),
        _endpoint,
        configure: options => options.Cache.StoreTimeout = TimeSpan.FromMilliseconds(200),
        distributed: options => options.BreakDuration = TimeSpan.FromSeconds(0.5));
}
