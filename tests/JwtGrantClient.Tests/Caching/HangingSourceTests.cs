using JwtGrantClient.Tests.TestSupport;

namespace JwtGrantClient.Tests.Caching;

/// <summary>An acquisition has one deadline, which holds whatever the signer or the transport does with its cancellation.</summary>
public sealed class HangingSourceTests
{
    private static readonly TimeSpan Tick = TimeSpan.FromTicks(1);

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task Are_left_to_themselves_at_the_deadline()
    {
        using var cache = new CacheFixture();
        var waiting = cache.GetAsync();
        var call = await cache.Source.NextCallAsync();

        cache.Time.Advance(Limit - Tick);
        Assert.False(call.CancellationToken.IsCancellationRequested);
        Assert.False(waiting.IsCompleted);
        cache.Time.Advance(Tick);

        var error = await Assert.ThrowsAsync<JwtGrantException>(() => waiting.WithTimeout());
        Assert.Equal((JwtGrantErrorKind.Transport, "token_source_timeout", true), (error.Kind, error.Code, error.IsTransient));
        Assert.StartsWith("No token within 30 s. Does the signer", error.Message, StringComparison.Ordinal);
        Assert.True(call.CancellationToken.IsCancellationRequested);
    }

    [Fact]
    public async Task Do_not_keep_later_callers_from_a_flight_of_their_own()
    {
        using var cache = new CacheFixture();
        var hanging = cache.GetAsync();
        var first = await cache.Source.NextCallAsync();
        cache.Time.Advance(Limit);
        await Assert.ThrowsAsync<JwtGrantException>(() => hanging.WithTimeout());
        cache.GetErrorWithoutWaiting();
        await cache.Log.NextAsync();
        cache.Time.Advance(TimeSpan.FromSeconds(2));

        var token = await cache.CacheTokenAsync(CacheFixture.Hour);
        first.Return(cache.Issue(CacheFixture.Hour));

        Assert.Same(token, cache.GetWithoutWaiting());
    }

    [Fact]
    public async Task That_heed_their_cancellation_are_told_as_late_too()
    {
        using var cache = new CacheFixture(source: new DelegateTokenSource(async (_, cancellationToken) =>
        {
            await new TaskCompletionSource().Task.WaitAsync(cancellationToken);
            throw new InvalidOperationException("Not reached.");
        }));
        var waiting = cache.GetAsync();

        await cache.AdvanceUntilCompletedAsync(Limit, waiting);

        Assert.Equal("token_source_timeout", (await Assert.ThrowsAsync<JwtGrantException>(() => waiting.WithTimeout())).Code);
    }

    [Fact]
    public async Task With_their_thread_are_left_to_themselves_too()
    {
        using ManualResetEventSlim begun = new(), done = new();
        using var cache = new CacheFixture(source: new DelegateTokenSource((_, _) =>
        {
            begun.Set();
            done.Wait(CancellationToken.None);
            return Task.FromResult(new AccessToken("late", TestData.Moment + CacheFixture.Hour));
        }));
        var waiting = cache.GetAsync();
        begun.Wait(TestContext.Current.CancellationToken);
        try
        {
            await cache.AdvanceUntilCompletedAsync(Limit, waiting);

            Assert.Equal("token_source_timeout", (await Assert.ThrowsAsync<JwtGrantException>(() => waiting.WithTimeout())).Code);
        }
        finally
        {
            done.Set();
        }
    }

    [Fact]
    public async Task Have_the_time_that_is_set()
    {
        using var cache = new CacheFixture(retry: new() { TotalTimeout = TimeSpan.FromSeconds(12) });
        var waiting = cache.GetAsync();
        await cache.Source.NextCallAsync();

        cache.Time.Advance(TimeSpan.FromSeconds(12) - Tick);
        Assert.False(waiting.IsCompleted);
        cache.Time.Advance(Tick);

        await Assert.ThrowsAsync<JwtGrantException>(() => waiting.WithTimeout());
    }
}
