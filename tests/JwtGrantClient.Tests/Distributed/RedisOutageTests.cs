using System.Collections.Concurrent;
using System.Diagnostics;
using JwtGrantClient.Tests.TestSupport;
using Microsoft.Extensions.DependencyInjection;

namespace JwtGrantClient.Tests.Distributed;

/// <summary>Kill, pause and restart the store's server under load, with tokens of two seconds: no call fails.</summary>
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
    public async Task Fails_no_call(string kind)
    {
        await using var server = await RedisServer.StartAsync(kind);
        await using Pod one = Pod(server), two = Pod(server);
        using var enough = new CancellationTokenSource();
        var load = Task.WhenAll(CallAsync(one, enough.Token), CallAsync(two, enough.Token));

        await MoreAsync(2, () => _shared.Count);
        server.Kill();
        await MoreAsync(4, () => _endpoint.Requests);
        await server.StartAsync();
        await MoreAsync(2, () => _shared.Count);
        await server.PauseAsync();
        await MoreAsync(4, () => _endpoint.Requests);
        await server.ResumeAsync();
        await MoreAsync(2, () => _shared.Count);
        await enough.CancelAsync();

        await load.WithTimeout();
        Assert.True(_calls > 200, $"{_calls} calls are no load.");
    }

    public void Dispose() => _ring.Dispose();

    private async Task CallAsync(Pod pod, CancellationToken enough)
    {
        using var timer = new PeriodicTimer(Step);
        while (!enough.IsCancellationRequested)
        {
            var token = await pod.GetAsync();
            if (_firstSeenBy.GetOrAdd(token, pod) != pod)
                _shared[token] = true;
            Interlocked.Increment(ref _calls);
            await timer.WaitForNextTickAsync(TestContext.Current.CancellationToken);
        }
    }

    /// <summary>Waits until there are so many more: tokens issued, or tokens that both pods have had.</summary>
    private static async Task MoreAsync(int more, Func<int> count)
    {
        var target = count() + more;
        using var timer = new PeriodicTimer(Step);
        var patience = Stopwatch.StartNew();
        while (count() < target)
        {
            Assert.True(patience.Elapsed < TimeSpan.FromMinutes(1), $"{count()} and no more.");
            await timer.WaitForNextTickAsync(TestContext.Current.CancellationToken);
        }
    }

    private Pod Pod(RedisServer server) => new(
        new DirectoryInfo(_ring.Path),
        services => services.AddStackExchangeRedisCache(options => options.Configuration = server.Configuration),
        _endpoint,
        configure: options => options.Cache.StoreTimeout = TimeSpan.FromMilliseconds(200),
        distributed: options => options.BreakDuration = TimeSpan.FromSeconds(0.5));
}
