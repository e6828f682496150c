using JwtGrantClient.Caching;
using JwtGrantClient.Tests.TestSupport;

namespace JwtGrantClient.Tests.Caching;

public sealed class FreshTokenTests
{
    private const int Calls = 10_000;

    [Theory]
    [InlineData(1, 6_500_000)]
    [InlineData(4, 26_000_000)]
    [InlineData(3600, 23_400_000_000)]
    public async Task Is_handed_out_until_the_tick_at_which_it_is_due(int seconds, long due)
    {
        using var cache = new CacheFixture();
        var token = await cache.CacheTokenAsync(TimeSpan.FromSeconds(seconds));

        cache.Time.Advance(TimeSpan.FromTicks(due - 1));
        Assert.Same(token, cache.GetWithoutWaiting());
        Assert.False(cache.IsRefreshing);
        cache.Time.Advance(TimeSpan.FromTicks(1));
        Assert.Same(token, cache.GetWithoutWaiting());
        Assert.True(cache.IsRefreshing);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Costs_no_allocation(bool systemClock)
    {
        using var cache = new CacheFixture(systemClock ? TimeProvider.System : null);
        var pending = cache.GetAsync();
        (await cache.Source.NextCallAsync()).Return(new("token", TimeProvider.System.GetUtcNow() + CacheFixture.Hour) { Lifetime = CacheFixture.Hour });
        await pending.WithTimeout();

        Call(cache.Tokens, Calls);
        var before = GC.GetAllocatedBytesForCurrentThread();
        var completed = Call(cache.Tokens, Calls);
        var after = GC.GetAllocatedBytesForCurrentThread();

        Assert.Equal(Calls, completed);
        Assert.Equal(0, after - before);
    }

    [Fact]
    public async Task Waits_for_no_lock()
    {
        using var cache = new CacheFixture();
        var token = await cache.CacheTokenAsync(CacheFixture.Hour);
        using ManualResetEventSlim held = new(), done = new();
        var holder = new Thread(() =>
        {
            lock (CacheInspector.GetEntryLock(cache.Tokens))
            {
                held.Set();
                done.Wait();
            }
        });
        holder.Start();
        held.Wait(TestContext.Current.CancellationToken);

        var got = Task.Run(() => cache.GetWithoutWaiting(), TestContext.Current.CancellationToken);

        try
        {
            Assert.Same(token, await got.WithTimeout());
        }
        finally
        {
            done.Set();
            holder.Join();
        }
    }

    private static int Call(CachedTokenSource tokens, int times)
    {
        var completed = 0;
        for (var i = 0; i < times; i++)
        {
            var pending = tokens.GetTokenAsync(TokenRequest.Default, CancellationToken.None);
            if (pending.IsCompletedSuccessfully && pending.Result is not null)
                completed++;
        }
        return completed;
    }
}
