using System.Security.Cryptography;
using JwtGrantClient.Tests.TestSupport;
using Microsoft.Extensions.Caching.Distributed;
using Microsoft.Extensions.Caching.Memory;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace JwtGrantClient.Tests.Distributed;

/// <summary>Invalid entries, entries of another key ring and copied entries are treated as missing. They are logged at most once a minute.</summary>
public sealed class UnreadableEntryTests : IDisposable
{
    private const string LogPrefix = "Warning 102 An entry of the distributed cache cannot be read and is ignored";

    private readonly TemporaryFolder _ring = new(), _otherRing = new();
    private readonly FakeTokenEndpoint _endpoint = new();
    private readonly ObservedCache _cache = new(new MemoryDistributedCache(Options.Create(new MemoryDistributedCacheOptions())));
    private readonly LogLines _log = new();

    public static TheoryData<int> Lengths => [0, 1, 20, 500];

    [Fact]
    public async Task An_entry_of_another_key_ring_is_overwritten()
    {
        await using Pod one = CreatePod(_ring), other = CreatePod(_otherRing);
        await one.GetAsync();
        var (key, first) = await _cache.NextStoredAsync();

        Assert.Equal("token-2", await other.GetAsync());

        var (again, second) = await _cache.NextStoredAsync();
        Assert.Equal(key, again);
        Assert.NotEqual(first, second);
        Assert.Contains(_log.All, line => line.StartsWith(LogPrefix, StringComparison.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Lengths))]
    public async Task An_entry_of_random_bytes_is_overwritten(int length)
    {
        await using Pod one = CreatePod(_ring), two = CreatePod(_ring);
        await one.GetAsync();
        var (key, _) = await _cache.NextStoredAsync();
        await _cache.SetAsync(key, RandomNumberGenerator.GetBytes(length), new(), TestContext.Current.CancellationToken);
        await _cache.NextStoredAsync();

        Assert.Equal("token-2", await two.GetAsync());
        await _cache.NextStoredAsync();
    }

    [Fact]
    public async Task An_entry_that_was_copied_from_another_request_cannot_be_decrypted()
    {
        await using Pod one = CreatePod(_ring), two = CreatePod(_ring);
        await one.GetAsync();
        var (_, entry) = await _cache.NextStoredAsync();
        var alice = new TokenRequest { Subject = "alice" };
        await one.Tokens.GetTokenAsync(alice, TestContext.Current.CancellationToken);
        var (key, _) = await _cache.NextStoredAsync();
        await _cache.SetAsync(key, entry, new(), TestContext.Current.CancellationToken);

        Assert.Equal("token-3", (await two.Tokens.GetTokenAsync(alice, TestContext.Current.CancellationToken)).Value);
    }

    [Fact]
    public async Task Unreadable_entries_are_logged_once_a_minute()
    {
        await using Pod one = CreatePod(_ring), other = CreatePod(_otherRing);
        foreach (var subject in new[] { "alice", "bob", "carol" })
        {
            var request = new TokenRequest { Subject = subject };
            await one.Tokens.GetTokenAsync(request, TestContext.Current.CancellationToken);
            await _cache.NextStoredAsync();
            await other.Tokens.GetTokenAsync(request, TestContext.Current.CancellationToken);
            await _cache.NextStoredAsync();
        }

        Assert.Single(_log.All, line => line.StartsWith(LogPrefix, StringComparison.Ordinal));
    }

    public void Dispose()
    {
        _ring.Dispose();
        _otherRing.Dispose();
        _log.Dispose();
    }

    private Pod CreatePod(TemporaryFolder ring) =>
        new(new DirectoryInfo(ring.Path), services => services.AddSingleton<IDistributedCache>(_cache), _endpoint, log: _log);
}
