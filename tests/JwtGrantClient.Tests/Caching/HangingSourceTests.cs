using JwtGrantClient.Tests.TestSupport;

namespace JwtGrantClient.Tests.Caching;

/// <summary>An acquisition has one deadline. It applies even if the signer or the transport ignores cancellation.</summary>
public sealed class HangingSourceTests
{
    private static readonly TimeSpan OneTick = TimeSpan.FromTicks(1);

    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task A_hanging_source_is_abandoned_at_the_deadline()
    {
        using var cache = new CacheFixture();
        var waiting = cache.GetAsync();
        var call = await cache.Source.NextCallAsync();

        cache.Time.Advance(Deadline - OneTick);
        Assert.False(call.CancellationToken.IsCancellationRequested);
        Assert.False(waiting.IsCompleted);
        cache.Time.Advance(OneTick);

        var error = await Assert.ThrowsAsync<JwtGrantException>(() => waiting.WithTimeout());
        Assert.Equal((JwtGrantErrorKind.Transport, "token_source_timeout", true), (error.Kind, error.Code, error.IsTransient));
        Assert.StartsWith("No token was obtained within 30 s. Check whether the signer", error.Message, StringComparison.Ordinal);
        Assert.True(call.CancellationToken.IsCancellationRequested);
    }

    [Fact]
    public async Task A_hanging_source_does_not_block_the_requests_of_later_callers()
    {
        using var cache = new CacheFixture();
        var hanging = cache.GetAsync();
        var first = await cache.Source.NextCallAsync();
        cache.Time.Advance(Deadline);
        await Assert.ThrowsAsync<JwtGrantException>(() => hanging.WithTimeout());
        cache.GetErrorWithoutWaiting();
        await cache.Log.NextAsync();
        cache.Time.Advance(TimeSpan.FromSeconds(2));

        var token = await cache.CacheTokenAsync(CacheFixture.Hour);
        first.Return(cache.Issue(CacheFixture.Hour));

        Assert.Same(token, cache.GetWithoutWaiting());
    }

    [Fact]
    public async Task A_source_that_observes_cancellation_is_reported_as_a_timeout_too()
    {
        using var cache = new CacheFixture(source: new DelegateTokenSource(async (_, cancellationToken) =>
        {
            await new TaskCompletionSource().Task.WaitAsync(cancellationToken);
            throw new InvalidOperationException("Not reached.");
        }));
        var waiting = cache.GetAsync();

        await cache.AdvanceUntilCompletedAsync(Deadline, waiting);

        Assert.Equal("token_source_timeout", (await Assert.ThrowsAsync<JwtGrantException>(() => waiting.WithTimeout())).Code);
    }

    [Fact]
    public async Task A_source_that_blocks_its_thread_is_abandoned_at_the_deadline()
    {
        using ManualResetEventSlim started = new(), done = new();
        using var cache = new CacheFixture(source: new DelegateTokenSource((_, _) =>
        {
            started.Set();
            done.Wait(CancellationToken.None);
            return Task.FromResult(new AccessToken("late", TestData.Moment + CacheFixture.Hour));
        }));
        var waiting = cache.GetAsync();
        started.Wait(TestContext.Current.CancellationToken);
        try
        {
            await cache.AdvanceUntilCompletedAsync(Deadline, waiting);

            Assert.Equal("token_source_timeout", (await Assert.ThrowsAsync<JwtGrantException>(() => waiting.WithTimeout())).Code);
        }
        finally
        {
            done.Set();
        }
    }

    [Fact]
    public async Task The_deadline_of_a_hanging_source_is_the_configured_TotalTimeout()
    {
        using var cache = new CacheFixture(retry: new() { TotalTimeout = TimeSpan.FromSeconds(12) });
        var waiting = cache.GetAsync();
        await cache.Source.NextCallAsync();

        cache.Time.Advance(TimeSpan.FromSeconds(12) - OneTick);
        Assert.False(waiting.IsCompleted);
        cache.Time.Advance(OneTick);

        await Assert.ThrowsAsync<JwtGrantException>(() => waiting.WithTimeout());
    }
}
