using JwtGrantClient.Tests.TestSupport;

namespace JwtGrantClient.Tests.Caching;

/// <summary>The 401 of one API replaces the token. Others get the old one until the new one is there, because other APIs may accept it.</summary>
public sealed class RejectedTokenTests
{
    private static readonly TimeSpan OneTick = TimeSpan.FromTicks(1);

    [Fact]
    public async Task Other_callers_get_the_rejected_token_until_the_new_one_is_there()
    {
        using var cache = new CacheFixture();
        var rejected = await cache.CacheTokenAsync(CacheFixture.Hour);

        var replacement = cache.ReplaceAsync(rejected);
        Assert.Same(rejected, cache.GetWithoutWaiting());
        Assert.False(replacement.IsCompleted);
        var refreshed = cache.Issue(CacheFixture.Hour);
        await cache.CompleteRequestAsync(refreshed);

        Assert.Same(refreshed, await replacement.WithTimeout());
        Assert.Same(refreshed, cache.GetWithoutWaiting());
        Assert.Equal(2, cache.Source.Calls);
    }

    [Fact]
    public async Task A_failed_replacement_fails_only_for_the_caller_whose_token_was_rejected()
    {
        using var cache = new CacheFixture();
        var rejected = await cache.CacheTokenAsync(CacheFixture.Hour);
        var replacement = cache.ReplaceAsync(rejected);

        await cache.FailRequestAsync(CacheFixture.Unreachable());

        await Assert.ThrowsAsync<JwtGrantException>(() => replacement.WithTimeout());
        Assert.Same(rejected, cache.GetWithoutWaiting());
        cache.Time.Advance(CacheFixture.HourExpiresAfter - OneTick);
        Assert.Same(rejected, cache.GetWithoutWaiting());
    }

    [Fact]
    public async Task A_replacement_is_tried_again_like_an_acquisition_without_a_token()
    {
        using var cache = new CacheFixture();
        var rejected = await cache.CacheTokenAsync(CacheFixture.Hour);
        _ = cache.ReplaceAsync(rejected);
        await cache.FailRequestAsync(CacheFixture.Unreachable());

        // 1 s, and half of the random part of up to 1 s.
        cache.Time.Advance(TimeSpan.FromSeconds(1.5) - OneTick);
        Assert.Same(rejected, await cache.ReplaceAsync(rejected));
        Assert.False(cache.IsRefreshing);
        cache.Time.Advance(OneTick);
        Assert.Same(rejected, cache.GetWithoutWaiting());

        var refreshed = cache.Issue(CacheFixture.Hour);
        await cache.CompleteRequestAsync(refreshed);
        Assert.Same(refreshed, cache.GetWithoutWaiting());
    }

    [Fact]
    public async Task A_hundred_rejections_of_one_token_cause_one_token_request()
    {
        using var cache = new CacheFixture();
        var rejected = await cache.CacheTokenAsync(CacheFixture.Hour);
        var waiting = new Task<AccessToken?>[100];

        Parallel.For(0, waiting.Length, i => waiting[i] = cache.ReplaceAsync(rejected));
        var refreshed = cache.Issue(CacheFixture.Hour);
        await cache.CompleteRequestAsync(refreshed);

        Assert.All(await Task.WhenAll(waiting).WithTimeout(), token => Assert.Same(refreshed, token));
        Assert.Equal(2, cache.Source.Calls);
    }

    [Fact]
    public async Task A_token_can_be_replaced_once_per_interval()
    {
        using var cache = new CacheFixture();
        var second = await cache.ReplaceByNewTokenAsync(await cache.CacheTokenAsync(CacheFixture.Hour), CacheFixture.Hour);

        cache.Time.Advance(TimeSpan.FromSeconds(30) - OneTick);
        Assert.Same(second, await cache.ReplaceAsync(second));
        Assert.False(cache.IsRefreshing);
        cache.Time.Advance(OneTick);

        Assert.False(cache.ReplaceAsync(second).IsCompleted);
    }

    [Fact]
    public async Task A_caller_that_does_not_wait_gets_null_and_starts_the_replacement()
    {
        using var cache = new CacheFixture();
        var rejected = await cache.CacheTokenAsync(CacheFixture.Hour);

        Assert.Null(await cache.Tokens.ReplaceAsync(TokenRequest.Default, rejected, callerWaits: false, TestContext.Current.CancellationToken));

        Assert.True(cache.IsRefreshing);
    }

    [Fact]
    public async Task A_refresh_that_was_running_when_the_token_was_rejected_replaces_it()
    {
        using var cache = new CacheFixture();
        var rejected = await cache.CacheTokenAsync(CacheFixture.Hour);
        cache.Time.Advance(CacheFixture.HourRefreshAfter);
        cache.GetWithoutWaiting();
        var call = await cache.Source.NextCallAsync();

        var replacement = cache.ReplaceAsync(rejected);
        var refreshed = cache.Issue(CacheFixture.Hour);
        call.Return(refreshed);

        Assert.Same(refreshed, await replacement.WithTimeout());
        Assert.Equal(2, cache.Source.Calls);
    }

    [Fact]
    public async Task A_token_that_the_application_invalidates_during_its_replacement_is_not_returned_again()
    {
        using var cache = new CacheFixture();
        var rejected = await cache.CacheTokenAsync(CacheFixture.Hour);
        _ = cache.ReplaceAsync(rejected);

        await cache.Tokens.InvalidateAsync(TokenRequest.Default, rejected, TestContext.Current.CancellationToken);

        Assert.False(cache.GetAsync().IsCompleted);
        await cache.FailRequestAsync(CacheFixture.Unreachable());
        cache.GetErrorWithoutWaiting();
    }

    [Fact]
    public async Task Cancelling_the_wait_for_a_replacement_does_not_cancel_it()
    {
        using var cache = new CacheFixture();
        var rejected = await cache.CacheTokenAsync(CacheFixture.Hour);
        using var cancellation = new CancellationTokenSource();
        var replacement = cache.Tokens.ReplaceAsync(TokenRequest.Default, rejected, callerWaits: true, cancellation.Token).AsTask();

        await cancellation.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => replacement.WithTimeout());
        var refreshed = cache.Issue(CacheFixture.Hour);
        await cache.CompleteRequestAsync(refreshed);

        Assert.Same(refreshed, cache.GetWithoutWaiting());
    }

    [Fact]
    public async Task The_refresh_of_a_rejected_token_is_due_at_once_in_the_status()
    {
        using var cache = new CacheFixture();
        var rejected = await cache.CacheTokenAsync(CacheFixture.Hour);

        _ = cache.ReplaceAsync(rejected);

        Assert.Equal(TimeSpan.Zero, cache.Tokens.Status().RefreshesIn);
        Assert.True(cache.Tokens.Status().IsRefreshing);
    }
}
