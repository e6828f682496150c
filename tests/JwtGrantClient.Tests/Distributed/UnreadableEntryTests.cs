using System.Security.Cryptography;
using JwtGrantClient.Tests.TestSupport;
using Microsoft.Extensions.Caching.Distributed;
using Microsoft.Extensions.Caching.Memory;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace JwtGrantClient.Tests.Distributed;

/// <summary>Garbage, another key ring's entry, one that was moved: as if there were none, and told once in a while.</summary>
public sealed class UnreadableEntryTests : IDisposable
{
    private const string Told = "Warning 102 An entry of the distributed cache cannot be read and is ignored";

    private readonly TemporaryFolder _ring = new(), _otherRing = new();
    private readonly FakeTokenEndpoint _endpoint = new();
    private readonly ObservedCache _cache = new(new MemoryDistributedCache(Options.Create(new MemoryDistributedCacheOptions())));
    private readonly LogLines _log = new();

    public static TheoryData<int> Lengths => [0, 1, 20, 500];

    [Fact]
    public async Task Of_another_key_ring_are_overwritten()
    {
        await using Pod one = Pod(_ring), other = Pod(_otherRing);
        await one.GetAsync();
        var (key, first) = await _cache.StoredAsync();

        Assert.Equal("token-2", await other.GetAsync());

        var (again, second) = await _cache.StoredAsync();
        Assert.Equal(key, again);
        Assert.NotEqual(first, second);
        Assert.Contains(_log.All, line => line.StartsWith(Told, StringComparison.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Lengths))]
    public async Task That_are_garbage_are_overwritten(int length)
    {
        await using Pod one = Pod(_ring), two = Pod(_ring);
        await one.GetAsync();
        var (key, _) = await _cache.StoredAsync();
        await _cache.SetAsync(key, RandomNumberGenerator.GetBytes(length), new(), TestContext.Current.CancellationToken);
        await _cache.StoredAsync();

        Assert.Equal("token-2", await two.GetAsync());
        await _cache.StoredAsync();
    }

    [Fact]
    public async Task That_were_moved_from_another_request_do_not_open()
    {
        await using Pod one = Pod(_ring), two = Pod(_ring);
        await one.GetAsync();
        var (_, entry) = await _cache.StoredAsync();
        var alice = new TokenRequest { Subject = "alice" };
        await one.Tokens.GetTokenAsync(alice, TestContext.Current.CancellationToken);
        var (key, _) = await _cache.StoredAsync();
        await _cache.SetAsync(key, entry, new(), TestContext.Current.CancellationToken);

        Assert.Equal("token-3", (await two.Tokens.GetTokenAsync(alice, TestContext.Current.CancellationToken)).Value);
    }

    [Fact]
    public async Task Are_told_once_in_a_minute()
    {
        await using Pod one = Pod(_ring), other = Pod(_otherRing);
        foreach (var subject in new[] { "alice", "bob", "carol" })
        {
            var request = new TokenRequest { Subject = subject };
            await one.Tokens.GetTokenAsync(request, TestContext.Current.CancellationToken);
            await _cache.StoredAsync();
            await other.Tokens.GetTokenAsync(request, TestContext.Current.CancellationToken);
            await _cache.StoredAsync();
        }

        Assert.Single(_log.All, line => line.StartsWith(Told, StringComparison.Ordinal));
    }

    public void Dispose()
    {
        _ring.Dispose();
        _otherRing.Dispose();
        _log.Dispose();
    }

    private Pod Pod(TemporaryFolder ring) =>
        new(new DirectoryInfo(ring.Path), services => services.AddSingleton<IDistributedCache>(_cache), _endpoint, log: _log);
}
