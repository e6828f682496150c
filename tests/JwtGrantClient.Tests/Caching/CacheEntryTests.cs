using System.Reflection;
using JwtGrantClient.Caching;
using JwtGrantClient.Tests.TestSupport;

namespace JwtGrantClient.Tests.Caching;

/// <summary>Single entries of the cache, in states that calls from outside reach only through a race.</summary>
public sealed class CacheEntryTests : IDisposable
{
    private const BindingFlags Members = BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic;

    private static readonly TokenRequest Alice = new() { Subject = "alice" };

    private readonly CacheFixture _cache = new();

    [Fact]
    public void An_evicted_entry_starts_no_refresh_and_has_no_token()
    {
        var entry = new CacheEntry(Alice, _cache.Context);
        Assert.True(entry.TryEvict(_cache.Context.Clock.Now, Eviction.Idle));

        Assert.Equal((null, null), entry.GetOrRefresh(Alice, TestContext.Current.CancellationToken));

        Assert.False(entry.Status().IsRefreshing);
        Assert.Equal(0, _cache.Source.Calls);
    }

    [Fact]
    public async Task An_evicted_entry_with_a_stale_token_starts_no_refresh()
    {
        var entry = new CacheEntry(Alice, _cache.Context);
        var (_, pending) = entry.GetOrRefresh(Alice, TestContext.Current.CancellationToken);
        await _cache.CompleteRequestAsync(_cache.Issue(CacheFixture.Hour));
        await pending!.WithTimeout();
        _cache.Time.Advance(CacheFixture.HourRefreshAfter);
        Assert.True(entry.TryEvict(_cache.Context.Clock.Now, Eviction.Idle));

        Assert.Equal((null, null), entry.GetOrRefresh(Alice, TestContext.Current.CancellationToken));

        Assert.False(entry.Status().IsRefreshing);
    }

    [Fact]
    public void An_entry_that_is_being_refreshed_is_not_evicted()
    {
        var entry = new CacheEntry(Alice, _cache.Context);
        Assert.NotNull(entry.GetOrRefresh(Alice, TestContext.Current.CancellationToken).Pending);

        Assert.False(entry.TryEvict(_cache.Context.Clock.Now, Eviction.Idle));
    }

    /// <summary>
    /// A look-up reads without a lock. In another order it could return a token as fresh by the refresh point of a later one. Threads meet in the few
    /// nanoseconds between two writes too rarely for a test, so this one reads the compiled methods.
    /// </summary>
    [Theory]
    [InlineData("SetToken", "_token", "_refreshAt")]
    [InlineData("ClearToken", "_refreshAt", "_token")]
    [InlineData("FreshAt", "_refreshAt", "_token")]
    public void Token_and_refresh_point_are_accessed_in_an_order_that_is_safe_without_a_lock(string method, string first, string second)
    {
        var code = typeof(CacheNode).GetMethod(method, Members)!.GetMethodBody()!.GetILAsByteArray()!;

        Assert.InRange(PositionOf(first), 0, PositionOf(second) - 1);

        int PositionOf(string field)
        {
            byte[] token = BitConverter.GetBytes(typeof(CacheNode).GetField(field, Members)!.MetadataToken);
            return code.AsSpan().IndexOf(token);
        }
    }

    public void Dispose() => _cache.Dispose();
}
