using System.Diagnostics;
using JwtGrantClient.Tests.TestSupport;

namespace JwtGrantClient.Tests.Caching;

/// <summary>Without a valid token all callers wait for one refresh. The refresh does not depend on any of them.</summary>
public sealed class ExpiredTokenTests
{
    private static readonly AsyncLocal<string?> Ambient = new();

    [Fact]
    public async Task All_callers_wait_for_one_refresh_when_the_token_has_expired()
    {
        using var cache = new CacheFixture();
        await cache.CacheTokenAsync(CacheFixture.Hour);
        cache.Time.Advance(CacheFixture.HourExpiresAfter);

        var waiting = Enumerable.Range(0, 100).Select(_ => cache.GetAsync()).ToList();
        var refreshed = cache.Issue(CacheFixture.Hour);
        await cache.CompleteRequestAsync(refreshed);

        Assert.All(await Task.WhenAll(waiting).WithTimeout(), token => Assert.Same(refreshed, token));
        Assert.Equal(2, cache.Source.Calls);
    }

    [Fact]
    public async Task A_thousand_concurrent_first_callers_make_one_token_request()
    {
        using var cache = new CacheFixture();
        var waiting = new Task<AccessToken>[1000];

        Parallel.For(0, waiting.Length, i => waiting[i] = cache.GetAsync());
        var token = cache.Issue(CacheFixture.Hour);
        await cache.CompleteRequestAsync(token);

        Assert.All(await Task.WhenAll(waiting).WithTimeout(), got => Assert.Same(token, got));
        Assert.Equal(1, cache.Source.Calls);
    }

    [Fact]
    public async Task Cancellation_by_the_first_caller_ends_only_its_own_wait()
    {
        using var cache = new CacheFixture();
        using var first = new CancellationTokenSource();
        var cancelled = cache.Tokens.GetTokenAsync(first.Token).AsTask();
        var second = cache.GetAsync();
        var call = await cache.Source.NextCallAsync();

        await first.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => cancelled.WithTimeout());
        Assert.False(call.CancellationToken.IsCancellationRequested);
        Assert.False(second.IsCompleted);
        var token = cache.Issue(CacheFixture.Hour);
        call.Return(token);
        Assert.Same(token, await second.WithTimeout());
    }

    [Fact]
    public async Task The_refresh_completes_even_if_every_caller_cancels()
    {
        using var cache = new CacheFixture();
        using var only = new CancellationTokenSource();
        var cancelled = cache.Tokens.GetTokenAsync(only.Token).AsTask();
        await only.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => cancelled.WithTimeout());

        var token = cache.Issue(CacheFixture.Hour);
        await cache.CompleteRequestAsync(token);

        Assert.Same(token, cache.GetWithoutWaiting());
        Assert.Equal(1, cache.Source.Calls);
    }

    [Fact]
    public void A_call_that_is_already_cancelled_starts_no_refresh()
    {
        using var cache = new CacheFixture();

        var pending = cache.Tokens.GetTokenAsync(new CancellationToken(canceled: true)).AsTask();

        Assert.True(pending.IsCanceled);
        Assert.False(cache.IsRefreshing);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task The_refresh_does_not_run_in_the_execution_context_of_the_caller_that_started_it(bool flowIsSuppressed)
    {
        var seen = new TaskCompletionSource<(string?, Activity?)>(TaskCreationOptions.RunContinuationsAsynchronously);
        using var cache = new CacheFixture(source: new DelegateTokenSource((_, _) =>
        {
            seen.SetResult((Ambient.Value, Activity.Current));
            return Task.FromResult(new AccessToken("token", TestData.Moment + CacheFixture.Hour));
        }));
        using var activity = new Activity("a request of one user").Start();
        Ambient.Value = "one user's secret";

        Task<AccessToken> pending;
        if (flowIsSuppressed)
            using (ExecutionContext.SuppressFlow())
                pending = cache.GetAsync();
        else
            pending = cache.GetAsync();

        Assert.Equal((null, null), await seen.Task.WithTimeout());
        Assert.Equal("one user's secret", Ambient.Value);
        Assert.Equal("token", (await pending.WithTimeout()).Value);
    }

    [Fact]
    public async Task A_waiting_caller_with_a_slow_continuation_does_not_delay_the_others()
    {
        using var cache = new CacheFixture();
        using var slow = new ManualResetEventSlim();
        var delayed = cache.Tokens.GetTokenAsync(CancellationToken.None).AsTask().ContinueWith(
            _ => slow.Wait(), CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        // Registered after the slow continuation and before the response arrives.
        var other = cache.Tokens.GetTokenAsync(CancellationToken.None).AsTask().ContinueWith(
            done => done.Result.Value, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        try
        {
            await cache.CompleteRequestAsync(cache.Issue(CacheFixture.Hour));

            Assert.Equal("token-1", await other.WithTimeout());
        }
        finally
        {
            slow.Set();
        }
        await delayed.WithTimeout();
    }
}
