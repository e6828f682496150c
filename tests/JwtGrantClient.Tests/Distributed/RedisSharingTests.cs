using System.Text;
using JwtGrantClient.Tests.TestSupport;
using Microsoft.Extensions.Caching.Distributed;
using Microsoft.Extensions.Caching.StackExchangeRedis;
using Microsoft.Extensions.DependencyInjection;

namespace JwtGrantClient.Tests.Distributed;

/// <summary>Several processes that share a real server of the Redis protocol.</summary>
public sealed class RedisSharingTests : IDisposable
{
    private readonly TemporaryFolder _ring = new();
    private readonly FakeTokenEndpoint _endpoint = new();

    public static TheoryData<string> Servers => RedisServer.Kinds;

    [Theory]
    [MemberData(nameof(Servers))]
    public async Task Processes_that_share_a_Redis_server_make_one_token_request_in_total(string kind)
    {
        await using var server = await RedisServer.StartAsync(kind);
        var cache = new ObservedCache(CreateCache(server));
        await using var first = CreatePod(cache);
        var token = await first.GetAsync();
        await cache.NextStoredAsync();

        for (var i = 0; i < 5; i++)
        {
            await using var pod = CreatePod(new ObservedCache(CreateCache(server)));
            Assert.Equal(token, await pod.GetAsync());
        }

        Assert.Equal(1, _endpoint.Requests);
    }

    [Theory]
    [MemberData(nameof(Servers))]
    public async Task Entries_in_Redis_are_encrypted_and_expire(string kind)
    {
        await using var server = await RedisServer.StartAsync(kind);
        var cache = new ObservedCache(CreateCache(server));
        await using var pod = CreatePod(cache);
        var token = await pod.GetAsync();

        var (key, entry) = await cache.NextStoredAsync();

        Assert.StartsWith("jwtgrant:", key, StringComparison.Ordinal);
        await using var redis = await StackExchange.Redis.ConnectionMultiplexer.ConnectAsync(server.Configuration);
        var stored = await redis.GetDatabase().HashGetAllAsync(key);
        Assert.Contains(stored, field => ((byte[])field.Value!).AsSpan().SequenceEqual(entry));
        Assert.All(stored, field => Assert.False(Contains((byte[])field.Value!, token)));
        Assert.False(Contains(entry, "Bearer"));
        Assert.InRange(await redis.GetDatabase().KeyTimeToLiveAsync(key) ?? TimeSpan.MaxValue, TimeSpan.FromMinutes(59), TimeSpan.FromHours(1));
    }

    public void Dispose() => _ring.Dispose();

    private static bool Contains(byte[] bytes, string text) => bytes.AsSpan().IndexOf(Encoding.UTF8.GetBytes(text)) >= 0;

    private static RedisCache CreateCache(RedisServer server) => new(new RedisCacheOptions { Configuration = server.PatientConfiguration });

    private Pod CreatePod(ObservedCache cache) =>
        new(
            new DirectoryInfo(_ring.Path),
            services => services.AddSingleton<IDistributedCache>(cache),
            _endpoint);
}
