using JwtGrantClient.Tests.TestSupport;
using Microsoft.Extensions.Caching.Distributed;
using Microsoft.Extensions.Caching.Memory;
using Microsoft.Extensions.Caching.StackExchangeRedis;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace JwtGrantClient.Tests.Distributed;

/// <summary>A token that one process has revoked does not come back through the distributed cache.</summary>
public sealed class RevokedTokenTests : IDisposable
{
    private readonly TemporaryFolder _ring = new();
    private readonly FakeTokenEndpoint _endpoint = new();
    private readonly SteppableClock _time = new(TestData.Moment);

    public static TheoryData<string> Servers => RedisServer.Kinds;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [MemberData(nameof(Servers))]
    public async Task A_revoked_token_is_not_adopted_through_Redis(string kind)
    {
        await using var server = await RedisServer.StartAsync(kind);
        var cache = new ObservedCache(CreateCache(server));
        await using var first = CreatePod(cache);
        var token = await first.GetAsync();
        var (tokenKey, _) = await cache.NextStoredAsync();
        await first.Revocation.RevokeAsync(TokenRequest.Default, Cancellation);
        var (markerKey, _) = await cache.NextStoredAsync();

        for (var i = 0; i < 3; i++)
        {
            await using var pod = CreatePod(new ObservedCache(CreateCache(server)));
            Assert.NotEqual(token, await pod.GetAsync());
        }

        Assert.NotEqual(tokenKey, markerKey);
        await using var redis = await StackExchange.Redis.ConnectionMultiplexer.ConnectAsync(server.Configuration);
        Assert.InRange(await redis.GetDatabase().KeyTimeToLiveAsync(markerKey) ?? TimeSpan.MaxValue, TimeSpan.FromMinutes(59), TimeSpan.FromHours(1));
    }

    [Fact]
    public async Task A_token_that_was_revoked_while_the_circuit_breaker_was_open_is_marked_later()
    {
        var cache = new ObservedCache(new MemoryDistributedCache(Options.Create(new MemoryDistributedCacheOptions())));
        await using var first = CreatePod(cache, _time);
        var token = await first.GetAsync();
        await cache.NextStoredAsync();
        cache.Failure = new IOException("The cache is down.");
        foreach (var user in new[] { "a", "b", "c" })
            await first.Tokens.GetTokenAsync(new TokenRequest { Subject = user }, Cancellation).AsTask().WithTimeout();
        await first.Revocation.RevokeAsync(TokenRequest.Default, Cancellation);
        cache.Failure = null;

        _time.Advance(TimeSpan.FromSeconds(10));
        await cache.NextStoredAsync();

        await using var second = CreatePod(cache, _time);
        Assert.NotEqual(token, await second.GetAsync());
    }

    [Fact]
    public async Task A_token_revoked_by_its_value_is_not_adopted()
    {
        var cache = new ObservedCache(new MemoryDistributedCache(Options.Create(new MemoryDistributedCacheOptions())));
        await using Pod first = CreatePod(cache), second = CreatePod(cache);
        var token = await first.GetAsync();
        await cache.NextStoredAsync();

        await first.Revocation.RevokeTokenAsync(token, cancellationToken: Cancellation);

        Assert.NotEqual(token, await second.GetAsync());
    }

    public void Dispose() => _ring.Dispose();

    private static RedisCache CreateCache(RedisServer server) => new(new RedisCacheOptions { Configuration = server.Configuration });

    private Pod CreatePod(ObservedCache cache, TimeProvider? time = null) => new(
        new DirectoryInfo(_ring.Path),
        services => services.AddSingleton<IDistributedCache>(cache),
        _endpoint,
        time,
        options =>
        {
            options.RevocationEndpoint = "https://as.example.com/revoke";
            // The first connection can be slow on a busy machine.
            options.Cache.StoreTimeout = TimeSpan.FromSeconds(10);
        });
}
