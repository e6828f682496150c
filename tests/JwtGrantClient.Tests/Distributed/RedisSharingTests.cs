using System.Text;
using JwtGrantClient.Tests.TestSupport;
using Microsoft.Extensions.Caching.Distributed;
using Microsoft.Extensions.Caching.StackExchangeRedis;
using Microsoft.Extensions.DependencyInjection;

namespace JwtGrantClient.Tests.Distributed;

/// <summary>A fleet over a real server of the Redis protocol.</summary>
public sealed class RedisSharingTests : IDisposable
{
    private readonly TemporaryFolder _ring = new();
    private readonly FakeTokenEndpoint _endpoint = new();

    public static TheoryData<string> Servers => RedisServer.Kinds;

    [Theory]
    [MemberData(nameof(Servers))]
    public async Task Pods_make_one_token_request_together(string kind)
    {
        await using var server = await RedisServer.StartAsync(kind);
        var cache = new ObservedCache(Over(server));
        await using var first = Pod(cache);
        var token = await first.GetAsync();
        await cache.StoredAsync();

        for (var i = 0; i < 5; i++)
        {
            await using var pod = Pod(new ObservedCache(Over(server)));
            Assert.Equal(token, await pod.GetAsync());
        }

        Assert.Equal(1, _endpoint.Requests);
    }

    [Theory]
    [MemberData(nameof(Servers))]
    public async Task The_store_holds_no_token_in_the_clear_and_keeps_none_for_ever(string kind)
    {
        await using var server = await RedisServer.StartAsync(kind);
        var cache = new ObservedCache(Over(server));
        await using var pod = Pod(cache);
        var token = await pod.GetAsync();

        var (key, entry) = await cache.StoredAsync();

        Assert.StartsWith("jwtgrant:", key, StringComparison.Ordinal);
        await using var redis = await StackExchange.Redis.ConnectionMultiplexer.ConnectAsync(server.Configuration);
        var stored = await redis.GetDatabase().HashGetAllAsync(key);
        Assert.Contains(stored, field => ((byte[])field.Value!).AsSpan().SequenceEqual(entry));
        Assert.All(stored, field => Assert.False(Holds((byte[])field.Value!, token)));
        Assert.False(Holds(entry, "Bearer"));
        Assert.InRange(await redis.GetDatabase().KeyTimeToLiveAsync(key) ?? TimeSpan.MaxValue, TimeSpan.FromMinutes(59), TimeSpan.FromHours(1));
    }

    public void Dispose() => _ring.Dispose();

    private static bool Holds(byte[] bytes, string text) => bytes.AsSpan().IndexOf(Encoding.UTF8.GetBytes(text)) >= 0;

    private static RedisCache Over(RedisServer server) => new(new RedisCacheOptions { Configuration = server.Configuration });

    private Pod Pod(ObservedCache cache) =>
        new(
            new DirectoryInfo(_ring.Path),
            services => services.AddSingleton<IDistributedCache>(cache),
            _endpoint,
            // A first connection on a busy machine takes its time.
            configure: options => options.Cache.StoreTimeout = TimeSpan.FromSeconds(10));
}
