using JwtGrantClient.Tests.TestSupport;

namespace JwtGrantClient.Tests.Caching;

public sealed class CacheDisposalTests
{
    [Fact]
    public async Task Ends_the_flight_and_tells_all_who_wait_for_it()
    {
        using var cache = new CacheFixture(source: new DelegateTokenSource(UntilCancelledAsync));
        var waiting = Enumerable.Range(0, 10).Select(_ => cache.GetAsync()).ToList();

        cache.Tokens.Dispose();

        foreach (var waiter in waiting)
        {
            var error = await Assert.ThrowsAsync<ObjectDisposedException>(() => waiter.WithTimeout());
            Assert.Contains("The token source of client 'reports' was disposed.", error.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Fails_later_calls_that_would_need_a_flight_and_asks_nobody()
    {
        using var cache = new CacheFixture();

        cache.Tokens.Dispose();

        await Assert.ThrowsAsync<ObjectDisposedException>(() => cache.GetAsync().WithTimeout());
        await Assert.ThrowsAsync<ObjectDisposedException>(() => cache.GetAsync().WithTimeout());
        await Assert.ThrowsAsync<ObjectDisposedException>(() => cache.GetAsync(new() { Subject = "alice" }).WithTimeout());
        Assert.Equal(0, cache.Source.Calls);
    }

    [Fact]
    public async Task Is_no_failure_whatever_the_source_makes_of_its_end()
    {
        using var cache = new CacheFixture();
        var waiting = cache.GetAsync();
        var call = await cache.Source.NextCallAsync();

        cache.Tokens.Dispose();
        Assert.True(call.CancellationToken.IsCancellationRequested);
        call.Fail(new IOException("The connection was closed."));

        await Assert.ThrowsAsync<ObjectDisposedException>(() => waiting.WithTimeout());
        Assert.True(cache.Log.IsEmpty);
    }

    [Fact]
    public void Twice_is_once()
    {
        using var cache = new CacheFixture();

        cache.Tokens.Dispose();
        cache.Tokens.Dispose();

        Assert.True(cache.GetAsync(new() { Subject = "alice" }) is { IsCanceled: false });
    }

    [Fact]
    public async Task Does_not_run_what_comes_after_a_wait()
    {
        using var cache = new CacheFixture(source: new DelegateTokenSource(UntilCancelledAsync));
        using var disposed = new ManualResetEventSlim();
        var after = cache.Tokens.GetTokenAsync(CancellationToken.None).AsTask().ContinueWith(
            _ => disposed.Wait(), CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);

        await Task.Run(cache.Tokens.Dispose, TestContext.Current.CancellationToken).WithTimeout();

        disposed.Set();
        await after.WithTimeout();
    }

    private static async Task<AccessToken> UntilCancelledAsync(TokenRequest request, CancellationToken cancellationToken)
    {
        var never = new TaskCompletionSource<AccessToken>();
        return await never.Task.WaitAsync(cancellationToken);
    }
}
