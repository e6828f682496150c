using JwtGrantClient.Assertions;
using JwtGrantClient.Caching;
using JwtGrantClient.Tests.TestSupport;

namespace JwtGrantClient.Tests.Caching;

/// <summary>The shared token store: other processes adopt the token that one process acquired, without a request to the server.</summary>
public sealed class SharedTokenStoreTests : IDisposable
{
    private static readonly TimeSpan Hour = CacheFixture.Hour, OneTick = TimeSpan.FromTicks(1);

    // The random number is 0.25, and its square root is 0.5.
    private static readonly TimeSpan HourRefreshAfter = TimeSpan.FromMinutes(39);

    private readonly InMemoryTokenStore _store = new();
    private readonly SteppableClock _time = new(TestData.Moment);
    private readonly CacheFixture _one, _two;

    public SharedTokenStoreTests() => (_one, _two) = (CreateProcess(), CreateProcess());

    [Fact]
    public async Task A_starting_process_adopts_the_token_of_another_process()
    {
        var token = await _one.CacheTokenAsync(Hour);

        var adopted = await _two.GetAsync().WithTimeout();

        Assert.Equal((token.Value, token.ExpiresAt, token.Type), (adopted.Value, adopted.ExpiresAt, adopted.Type));
        Assert.Equal(0, _two.Source.Calls);
    }

    [Fact]
    public async Task The_first_process_due_refreshes_the_token_for_all()
    {
        await _one.CacheTokenAsync(Hour);
        _two.NextDouble = () => 1;
        await AdoptAsync(_two);
        _time.Advance(HourRefreshAfter);
        _one.GetWithoutWaiting();
        var refreshed = _one.Issue(Hour);
        await _one.CompleteRequestAsync(refreshed);

        _time.Advance(TimeSpan.FromMinutes(48) - HourRefreshAfter);
        _two.GetWithoutWaiting();
        await _two.Log.NextAsync();

        Assert.Equal(refreshed.Value, _two.GetWithoutWaiting().Value);
        Assert.Equal((2, 0), (_one.Source.Calls, _two.Source.Calls));
    }

    [Fact]
    public async Task The_refresh_time_uses_the_square_root_of_the_random_number()
    {
        await _one.CacheTokenAsync(Hour);

        _time.Advance(HourRefreshAfter - OneTick);
        _one.GetWithoutWaiting();
        Assert.False(_one.IsRefreshing);
        _time.Advance(OneTick);
        _one.GetWithoutWaiting();

        Assert.True(_one.IsRefreshing);
    }

    [Fact]
    public async Task A_process_that_finds_its_own_token_in_the_store_requests_a_new_one()
    {
        await _one.CacheTokenAsync(Hour);
        _time.Advance(HourRefreshAfter);
        _one.GetWithoutWaiting();
        var refreshed = _one.Issue(Hour);

        await _one.CompleteRequestAsync(refreshed);

        Assert.Same(refreshed, _one.GetWithoutWaiting());
        Assert.Equal(refreshed.Value, _store.SingleToken.Value);
    }

    [Fact]
    public async Task After_a_401_an_entry_with_the_rejected_token_is_ignored_and_then_overwritten()
    {
        var rejected = await _one.CacheTokenAsync(Hour);

        var refreshed = await _one.ReplaceByNewTokenAsync(rejected, Hour);

        Assert.Equal(2, _one.Source.Calls);
        Assert.Equal(refreshed.Value, _store.SingleToken.Value);
    }

    [Fact]
    public async Task A_token_that_was_taken_for_revocation_is_not_adopted_again()
    {
        await _one.CacheTokenAsync(Hour);
        _one.Tokens.Take(TokenRequest.Default);

        Assert.NotNull(await _one.CacheTokenAsync(Hour));
        Assert.Equal(2, _one.Source.Calls);
    }

    [Fact]
    public async Task After_a_401_a_newer_token_of_another_process_is_adopted()
    {
        var rejected = await _one.CacheTokenAsync(Hour);
        await AdoptAsync(_two);
        var refreshed = await _one.ReplaceByNewTokenAsync(rejected, Hour);

        Assert.Equal(refreshed.Value, (await _two.ReplaceAsync(rejected).WithTimeout())!.Value);

        Assert.Equal(refreshed.Value, _two.GetWithoutWaiting().Value);
        Assert.Equal(0, _two.Source.Calls);
    }

    [Fact]
    public async Task A_rejected_token_no_longer_counts_once_there_is_a_new_one()
    {
        var rejected = await _one.CacheTokenAsync(Hour);
        // Within the invalidation interval of 30 s, so that the entry still has its state.
        await _one.ReplaceByNewTokenAsync(rejected, TimeSpan.FromSeconds(20));
        var later = new SharedToken(_one.Issue(TimeSpan.FromMinutes(10)), TimeSpan.FromMinutes(10));
        await _store.SetAsync(Assert.Single(_store.Keys), later, TestContext.Current.CancellationToken);
        _time.Advance(TimeSpan.FromSeconds(15));

        _one.GetWithoutWaiting();
        await _one.Log.NextAsync();

        // It ends before the rejected one did, but the token that it replaces is another.
        Assert.Equal(later.Token!.Value, _one.GetWithoutWaiting().Value);
        Assert.Equal(2, _one.Source.Calls);
    }

    [Fact]
    public async Task An_expired_entry_is_ignored()
    {
        await _one.CacheTokenAsync(Hour);
        _time.Advance(CacheFixture.HourExpiresAfter - OneTick);
        await AdoptAsync(_two);
        _time.Advance(OneTick);
        using var three = CreateProcess();

        Assert.NotNull(await three.CacheTokenAsync(Hour));
        Assert.Equal(1, three.Source.Calls);
    }

    [Theory]
    [InlineData(-7200, 1)]
    [InlineData(-7200, 59)]
    public async Task A_process_whose_clock_is_behind_uses_a_token_no_longer_than_its_lifetime(int seconds, int minutes)
    {
        var behind = new SteppableClock(TestData.Moment);
        behind.StepWallClock(TimeSpan.FromSeconds(seconds));
        using var process = CreateProcess(behind);
        await _one.CacheTokenAsync(Hour);
        await AdoptAsync(process);

        behind.Advance(TimeSpan.FromMinutes(minutes));
        Assert.Equal(TestData.Moment + Hour + TimeSpan.FromSeconds(seconds), process.GetWithoutWaiting().ExpiresAt);
        behind.Advance(TimeSpan.FromMinutes(60 - minutes));

        Assert.False(process.GetAsync().IsCompleted);
    }

    [Fact]
    public async Task A_process_whose_clock_is_ahead_of_the_expiry_requests_a_new_token()
    {
        var ahead = new SteppableClock(TestData.Moment + Hour);
        using var process = CreateProcess(ahead);
        await _one.CacheTokenAsync(Hour);

        Assert.NotNull(await process.CacheTokenAsync(Hour));
        Assert.Equal(1, process.Source.Calls);
    }

    [Fact]
    public async Task Tokens_of_other_requests_and_other_clients_are_not_adopted()
    {
        await _one.CacheTokenAsync(Hour);
        using var otherClient = CreateProcess(client: new() { Name = "reports", Settings = ["another"] });

        Assert.False(_two.GetAsync(new() { Subject = "alice" }).IsCompleted);
        await _two.CompleteRequestAsync(_two.Issue(Hour));
        Assert.NotNull(await otherClient.CacheTokenAsync(Hour));

        Assert.Equal(3, _store.Keys.Count);
    }

    [Fact]
    public async Task Bound_tokens_are_shared_only_between_holders_of_the_same_key()
    {
        var thumbprint = "one";
        ClientIdentity Bound(Func<string?> print) => new() { Name = "reports", IsBound = true, BindingThumbprint = print };
        using CacheFixture first = CreateProcess(client: Bound(() => thumbprint)), second = CreateProcess(client: Bound(() => "one")), third = CreateProcess(client: Bound(() => "two"));
        await first.CacheTokenAsync(Hour);

        await AdoptAsync(second);
        Assert.NotNull(await third.CacheTokenAsync(Hour));

        Assert.Equal((0, 1), (second.Source.Calls, third.Source.Calls));
    }

    [Theory]
    [InlineData("guest", 1)]
    [InlineData("admin", 2)]
    public async Task A_token_is_not_published_if_the_identity_changed_during_the_request(string now, int changes)
    {
        var owner = new TokenOwner(["admin"], 0);
        using var process = CreateProcess(client: new() { Name = "reports", ReadTokenFilesAsync = _ => new(owner) });
        var waiting = process.GetAsync();
        var call = await process.Source.NextCallAsync();
        owner = new([now], changes);

        call.Return(process.Issue(Hour));

        Assert.NotNull(await waiting.WithTimeout());
        await process.Log.NextAsync();
        Assert.Empty(_store.Keys);
    }

    [Fact]
    public async Task A_token_of_an_unknown_identity_is_not_shared()
    {
        using var process = CreateProcess(client: new() { Name = "reports", ReadTokenFilesAsync = _ => new((TokenOwner?)null) });

        await process.CacheTokenAsync(Hour);

        Assert.Empty(_store.Keys);
        Assert.Equal(0, _store.GetCalls);
    }

    [Fact]
    public async Task A_token_file_that_cannot_be_read_in_time_does_not_delay_the_token_request()
    {
        var called = new TaskCompletionSource();
        var never = new TaskCompletionSource<TokenOwner?>();
        using var process = CreateProcess(client: new() { Name = "reports", ReadTokenFilesAsync = ReadAsync });
        var waiting = process.GetAsync();
        await called.Task.WithTimeout();

        _time.Advance(TimeSpan.FromSeconds(0.5));
        await process.CompleteRequestAsync(process.Issue(Hour));

        Assert.NotNull(await waiting.WithTimeout());

        async ValueTask<TokenOwner?> ReadAsync(CancellationToken cancellationToken)
        {
            called.TrySetResult();
            return await never.Task;
        }
    }

    [Fact]
    public async Task Tokens_bound_to_an_unknown_key_are_not_shared()
    {
        using var bound = CreateProcess(client: new() { Name = "reports", IsBound = true });
        await bound.CacheTokenAsync(Hour);
        var waiting = _one.GetAsync();
        await _one.CompleteRequestAsync(new AccessToken("proof-needed", _time.GetUtcNow() + Hour, "DPoP"));
        await waiting.WithTimeout();

        Assert.Empty(_store.Keys);
    }

    public void Dispose()
    {
        _one.Dispose();
        _two.Dispose();
    }

    private CacheFixture CreateProcess(SteppableClock? time = null, ClientIdentity? client = null) =>
        new(time ?? _time, store: _store, client: client) { NextDouble = () => 0.25 };

    private static async Task AdoptAsync(CacheFixture process)
    {
        Assert.NotNull(await process.GetAsync().WithTimeout());
        await process.Log.NextAsync();
    }
}
