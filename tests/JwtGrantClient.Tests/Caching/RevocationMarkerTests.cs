using System.Text;
using JwtGrantClient.Caching;
using JwtGrantClient.Tests.TestSupport;

namespace JwtGrantClient.Tests.Caching;

/// <summary>A token that was revoked or invalidated leaves a marker in the shared store: no process adopts or publishes it again.</summary>
public sealed class RevocationMarkerTests : IDisposable
{
    private static readonly TimeSpan Hour = CacheFixture.Hour;
    private static readonly TokenRequest Default = TokenRequest.Default, Alice = new() { Subject = "alice" };

    private readonly InMemoryTokenStore _store = new();
    private readonly SteppableClock _time = new(TestData.Moment);
    private readonly CacheFixture _one, _two;
    private int _processes;

    public RevocationMarkerTests() => (_one, _two) = (CreateProcess(), CreateProcess());

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_revoked_token_is_not_adopted_by_a_new_process()
    {
        var token = await _one.CacheTokenAsync(Hour);

        Assert.Equal([token], await _one.Tokens.RemoveAsync(Default));

        Assert.NotEqual(token.Value, (await _two.CacheTokenAsync(Hour)).Value);
        Assert.Equal(1, _two.Source.Calls);
    }

    [Fact]
    public async Task An_invalidated_token_is_not_adopted_by_a_new_process()
    {
        var token = await _one.CacheTokenAsync(Hour);

        await _one.Tokens.InvalidateAsync(Default, token, Cancellation);

        Assert.NotEqual(token.Value, (await _two.CacheTokenAsync(Hour)).Value);
    }

    [Fact]
    public async Task A_token_that_the_handler_rejected_is_still_adopted_by_other_processes()
    {
        var token = await _one.CacheTokenAsync(Hour);

        var replacement = _one.ReplaceAsync(token);

        Assert.Equal(token.Value, (await _two.GetAsync().WithTimeout()).Value);
        Assert.Empty(_store.Markers);
        Assert.False(replacement.IsCompleted);
    }

    [Fact]
    public async Task An_invalidated_token_is_marked_even_if_it_is_not_cached_any_more_or_the_interval_has_not_passed()
    {
        var first = await _one.CacheTokenAsync(Hour);
        await _one.Tokens.InvalidateAsync(Default, first, Cancellation);
        var second = await _one.CacheTokenAsync(Hour);

        await _one.Tokens.InvalidateAsync(Default, second, Cancellation);
        await _two.Tokens.InvalidateAsync(Default, second, Cancellation);

        Assert.Same(second, _one.GetWithoutWaiting());
        Assert.Equal(2, _store.Markers.Count);
        Assert.NotEqual(second.Value, (await _two.CacheTokenAsync(Hour)).Value);
    }

    [Fact]
    public async Task A_process_that_has_the_token_keeps_it()
    {
        var token = await _one.CacheTokenAsync(Hour);
        Assert.Equal(token.Value, (await _two.GetAsync().WithTimeout()).Value);

        await _one.Tokens.RemoveAsync(Default);

        Assert.Equal(token.Value, _two.GetWithoutWaiting().Value);
    }

    [Fact]
    public async Task A_revoked_token_is_not_published_again()
    {
        var token = await _one.CacheTokenAsync(Hour);
        await _one.Tokens.RemoveAsync(Default);
        var before = _store.Values.ToList();
        var waiting = _two.GetAsync();

        // The server returns the same token again.
        await _two.CompleteRequestAsync(new AccessToken(token.Value, _time.GetUtcNow() + (2 * Hour)) { Lifetime = 2 * Hour });

        Assert.Equal(token.Value, (await waiting.WithTimeout()).Value);
        Assert.Equal(before, _store.Values);
    }

    [Fact]
    public async Task A_revoked_token_is_not_adopted_after_its_cache_entry_was_evicted()
    {
        using var process = CreateProcess(new() { MaxEntries = 1 });
        var token = await process.CacheTokenAsync(Hour, Alice);
        await process.Tokens.RemoveAsync(Alice);
        await process.CacheTokenAsync(Hour, new() { Subject = "bob" });
        await process.CacheTokenAsync(Hour, new() { Subject = "carol" });

        Assert.NotEqual(token.Value, (await process.CacheTokenAsync(Hour, Alice)).Value);
    }

    [Fact]
    public async Task A_token_that_only_the_store_has_is_removed_and_returned_for_revocation()
    {
        var token = await _one.CacheTokenAsync(Hour);

        var removed = await _two.Tokens.RemoveAsync(Default);

        Assert.Equal(token.Value, Assert.Single(removed).Value);
        Assert.Empty(await _two.Tokens.RemoveAsync(Default));
        using var three = CreateProcess();
        Assert.NotEqual(token.Value, (await three.CacheTokenAsync(Hour)).Value);
    }

    [Fact]
    public async Task Both_the_cached_token_and_a_later_one_of_another_process_are_removed()
    {
        var first = await _one.CacheTokenAsync(Hour);
        Assert.NotNull(await _two.GetAsync().WithTimeout());
        var second = await _one.ReplaceByNewTokenAsync(first, Hour);

        var removed = await _two.Tokens.RemoveAsync(Default);

        Assert.Equal([first.Value, second.Value], removed.Select(token => token.Value));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_token_that_is_revoked_while_the_same_process_adopts_it_is_not_cached(bool ofSubject)
    {
        var token = await _one.CacheTokenAsync(Hour, Alice);
        var (reads, released) = (0, new TaskCompletionSource());
        var isRead = new TaskCompletionSource();
        // The second read is that of the marker.
        _store.AfterRead = () =>
        {
            if (++reads != 2)
                return Task.CompletedTask;
            isRead.SetResult();
            return released.Task;
        };
        var waiting = _two.GetAsync(Alice);
        await isRead.Task.WithTimeout();

        var removed = ofSubject ? await _two.Tokens.RemoveSubjectAsync("alice") : await _two.Tokens.RemoveAsync(Alice);
        released.SetResult();
        await waiting.WithTimeout();

        Assert.Equal(token.Value, Assert.Single(removed).Value);
        await _two.Log.NextAsync();
        Assert.NotEqual(token.Value, (await _two.CacheTokenAsync(Hour, Alice)).Value);
    }

    [Fact]
    public async Task A_marker_has_a_hash_instead_of_the_token_and_ends_with_it()
    {
        var token = await _one.CacheTokenAsync(Hour);
        _time.Advance(TimeSpan.FromMinutes(20));

        await _one.Tokens.RemoveAsync(Default);

        var marker = Assert.Single(_store.Markers);
        Assert.Equal((token.ExpiresAt, TimeSpan.FromMinutes(40)), (marker.ExpiresAt, marker.Lifetime));
        Assert.DoesNotContain(token.Value, Encoding.UTF8.GetString(marker.ToBytes()), StringComparison.Ordinal);
        Assert.Equal(64, marker.RevokedHash!.Length);
    }

    [Fact]
    public async Task An_expired_token_leaves_no_marker()
    {
        await _one.Tokens.InvalidateAsync(Default, new AccessToken("old", _time.GetUtcNow()), Cancellation);

        Assert.Empty(_store.Markers);
    }

    [Fact]
    public async Task All_tokens_of_a_subject_are_removed_and_those_of_others_stay()
    {
        TokenRequest narrow = new() { Subject = "alice", Scope = "read" }, bob = new() { Subject = "bob" };
        AccessToken[] alices = [await _one.CacheTokenAsync(Hour, Alice), await _one.CacheTokenAsync(Hour, narrow)];
        var others = (Bob: await _one.CacheTokenAsync(Hour, bob), Default: await _one.CacheTokenAsync(Hour));

        var removed = await _one.Tokens.RemoveSubjectAsync("alice");

        Assert.Equal(alices.Select(token => token.Value).Order(), removed.Select(token => token.Value).Order());
        Assert.Equal((others.Bob, others.Default), (_one.GetWithoutWaiting(bob), _one.GetWithoutWaiting()));
        Assert.Equal(1, CacheInspector.CountEntries(_one.Tokens));
        Assert.All(new[] { Alice, narrow }, request => Assert.False(_two.GetAsync(request).IsCompleted));
        Assert.Equal(others.Bob.Value, (await _two.GetAsync(bob).WithTimeout()).Value);
    }

    [Fact]
    public async Task The_token_of_a_subject_is_removed_from_the_store_even_if_this_process_does_not_have_it()
    {
        var token = await _one.CacheTokenAsync(Hour, Alice);

        Assert.Equal(token.Value, Assert.Single(await _two.Tokens.RemoveSubjectAsync("alice")).Value);

        using var three = CreateProcess();
        Assert.NotEqual(token.Value, (await three.CacheTokenAsync(Hour, Alice)).Value);
    }

    [Fact]
    public async Task A_token_without_a_second_level_is_removed_without_a_marker()
    {
        using var alone = new CacheFixture();
        var token = await alone.CacheTokenAsync(Hour, Alice);

        Assert.Equal([token], await alone.Tokens.RemoveSubjectAsync("alice"));
        Assert.Empty(await alone.Tokens.RemoveAsync(Alice));
        await alone.Tokens.MarkAsync("other", Hour);

        Assert.False(alone.GetAsync(Alice).IsCompleted);
    }

    public void Dispose()
    {
        _one.Dispose();
        _two.Dispose();
    }

    private CacheFixture CreateProcess(CacheOptions? cache = null) => new(_time, cache: cache, store: _store) { TokenPrefix = $"process-{++_processes}" };
}
