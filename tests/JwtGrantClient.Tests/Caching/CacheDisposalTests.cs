using JwtGrantClient.Tests.TestSupport;

namespace JwtGrantClient.Tests.Caching;

public sealed class CacheDisposalTests
{
    [Fact]
    public async Task Disposal_cancels_the_refresh_and_waiting_calls_throw_ObjectDisposedException()
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
    public async Task Calls_after_disposal_throw_ObjectDisposedException_and_send_no_request()
    {
        using var cache = new CacheFixture();

        cache.Tokens.Dispose();

        await Assert.ThrowsAsync<ObjectDisposedException>(() => cache.GetAsync().WithTimeout());
        await Assert.ThrowsAsync<ObjectDisposedException>(() => cache.GetAsync().WithTimeout());
        await Assert.ThrowsAsync<ObjectDisposedException>(() => cache.GetAsync(new() { Subject = "alice" }).WithTimeout());
        Assert.Equal(0, cache.Source.Calls);
    }

    [Fact]
    public async Task Disposal_is_not_logged_as_a_failure_whatever_the_source_throws()
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
    public void Disposing_twice_has_no_further_effect()
    {
        using var cache = new CacheFixture();

        cache.Tokens.Dispose();
        cache.Tokens.Dispose();

        Assert.True(cache.GetAsync(new() { Subject = "alice" }) is { IsCanceled: false });
    }

    [Fact]
    public async Task Dispose_does_not_run_the_continuations_of_waiting_calls()
    {
        using var cache = new CacheFixture(source: new DelegateTokenSource(UntilCancelledAsync));
        using var disposed = new ManualResetEventSlim();
        var continuation = cache.Tokens.GetTokenAsync(CancellationToken.None).AsTask().ContinueWith(
            _ => disposed.Wait(), CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);

        await Task.Run(cache.Tokens.Dispose, TestContext.Current.CancellationToken).WithTimeout();

        disposed.Set();
        await continuation.WithTimeout();
    }

    private static async Task<AccessToken> UntilCancelledAsync(TokenRequest request, CancellationToken cancellationToken)
    {
        var never = new TaskCompletionSource<AccessToken>();
        return await never.Task.WaitAsync(cancellationToken);
    }
}
