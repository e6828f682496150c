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
    public async Task A_fresh_token_starts_no_refresh_before_the_exact_tick_of_its_refresh_time(int seconds, long refreshTicks)
    {
        using var cache = new CacheFixture();
        var token = await cache.CacheTokenAsync(TimeSpan.FromSeconds(seconds));

        cache.Time.Advance(TimeSpan.FromTicks(refreshTicks - 1));
        Assert.Same(token, cache.GetWithoutWaiting());
        Assert.False(cache.IsRefreshing);
        cache.Time.Advance(TimeSpan.FromTicks(1));
        Assert.Same(token, cache.GetWithoutWaiting());
        Assert.True(cache.IsRefreshing);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Getting_a_fresh_token_does_not_allocate(bool systemClock)
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
    public async Task Getting_a_fresh_token_does_not_wait_for_a_lock()
    {
        using var cache = new CacheFixture();
        var token = await cache.CacheTokenAsync(CacheFixture.Hour);
        using ManualResetEventSlim locked = new(), done = new();
        var holder = new Thread(() =>
        {
            lock (CacheInspector.GetEntryLock(cache.Tokens))
            {
                locked.Set();
                done.Wait();
            }
        });
        holder.Start();
        locked.Wait(TestContext.Current.CancellationToken);

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
