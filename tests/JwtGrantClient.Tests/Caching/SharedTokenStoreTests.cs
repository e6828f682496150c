using JwtGrantClient.Caching;
using JwtGrantClient.Tests.TestSupport;

namespace JwtGrantClient.Tests.Caching;

/// <summary>The second level: what one process has acquired the others adopt, without asking the server.</summary>
public sealed class SharedTokenStoreTests : IDisposable
{
    private static readonly TimeSpan Hour = CacheFixture.Hour, Tick = TimeSpan.FromTicks(1);

    // With the draw of 0.25, whose root is 0.5.
    private static readonly TimeSpan HourRefreshAfter = TimeSpan.FromMinutes(39);

    private readonly InMemoryTokenStore _store = new();
    private readonly SteppableClock _time = new(TestData.Moment);
    private readonly CacheFixture _one, _two;

    public SharedTokenStoreTests() => (_one, _two) = (Pod(), Pod());

    [Fact]
    public async Task A_process_that_starts_adopts_what_another_has()
    {
        var token = await _one.CacheTokenAsync(Hour);

        var adopted = await _two.GetAsync().WithTimeout();

        Assert.Equal((token.Value, token.ExpiresAt, token.Type), (adopted.Value, adopted.ExpiresAt, adopted.Type));
        Assert.Equal(0, _two.Source.Calls);
    }

    [Fact]
    public async Task The_first_to_be_due_renews_for_all()
    {
        await _one.CacheTokenAsync(Hour);
        _two.NextDouble = () => 1;
        await HaveAdoptedAsync(_two);
        _time.Advance(HourRefreshAfter);
        _one.GetWithoutWaiting();
        var renewed = _one.Issue(Hour);
        await _one.CompleteRequestAsync(renewed);

        _time.Advance(TimeSpan.FromMinutes(48) - HourRefreshAfter);
        _two.GetWithoutWaiting();
        await _two.Log.NextAsync();

        Assert.Equal(renewed.Value, _two.GetWithoutWaiting().Value);
        Assert.Equal((2, 0), (_one.Source.Calls, _two.Source.Calls));
    }

    [Fact]
    public async Task The_refresh_point_is_drawn_by_the_root()
    {
        await _one.CacheTokenAsync(Hour);

        _time.Advance(HourRefreshAfter - Tick);
        _one.GetWithoutWaiting();
        Assert.False(_one.IsRefreshing);
        _time.Advance(Tick);
        _one.GetWithoutWaiting();

        Assert.True(_one.IsRefreshing);
    }

    [Fact]
    public async Task Its_own_token_is_no_news_and_the_server_is_asked()
    {
        await _one.CacheTokenAsync(Hour);
        _time.Advance(HourRefreshAfter);
        _one.GetWithoutWaiting();
        var renewed = _one.Issue(Hour);

        await _one.CompleteRequestAsync(renewed);

        Assert.Same(renewed, _one.GetWithoutWaiting());
        Assert.Equal(renewed.Value, _store.SingleEntry.Token.Value);
    }

    [Fact]
    public async Task After_a_401_an_entry_that_is_the_refused_token_is_passed_over_and_then_overwritten()
    {
        var rejected = await _one.CacheTokenAsync(Hour);
        await _one.Tokens.InvalidateAsync(TokenRequest.Default, rejected, TestContext.Current.CancellationToken);

        var renewed = await _one.CacheTokenAsync(Hour);

        Assert.Equal(2, _one.Source.Calls);
        Assert.Equal(renewed.Value, _store.SingleEntry.Token.Value);
    }

    [Fact]
    public async Task A_token_that_was_taken_to_be_revoked_does_not_come_back()
    {
        await _one.CacheTokenAsync(Hour);
        _one.Tokens.Take(TokenRequest.Default);

        Assert.NotNull(await _one.CacheTokenAsync(Hour));
        Assert.Equal(2, _one.Source.Calls);
    }

    [Fact]
    public async Task After_a_401_what_another_has_acquired_since_is_adopted()
    {
        var rejected = await _one.CacheTokenAsync(Hour);
        await HaveAdoptedAsync(_two);
        await _one.Tokens.InvalidateAsync(TokenRequest.Default, rejected, TestContext.Current.CancellationToken);
        var renewed = await _one.CacheTokenAsync(Hour);

        await _two.Tokens.InvalidateAsync(TokenRequest.Default, rejected, TestContext.Current.CancellationToken);
        await HaveAdoptedAsync(_two);

        Assert.Equal(renewed.Value, _two.GetWithoutWaiting().Value);
        Assert.Equal(0, _two.Source.Calls);
    }

    [Fact]
    public async Task An_entry_at_its_end_is_passed_over()
    {
        await _one.CacheTokenAsync(Hour);
        _time.Advance(CacheFixture.HourExpiresAfter - Tick);
        await HaveAdoptedAsync(_two);
        _time.Advance(Tick);
        using var three = Pod();

        Assert.NotNull(await three.CacheTokenAsync(Hour));
        Assert.Equal(1, three.Source.Calls);
    }

    [Theory]
    [InlineData(-7200, 1)]
    [InlineData(-7200, 59)]
    public async Task By_a_clock_that_is_behind_a_token_has_no_more_than_its_life_before_it(int seconds, int minutes)
    {
        var behind = new SteppableClock(TestData.Moment);
        behind.StepWallClock(TimeSpan.FromSeconds(seconds));
        using var pod = Pod(behind);
        await _one.CacheTokenAsync(Hour);
        await HaveAdoptedAsync(pod);

        behind.Advance(TimeSpan.FromMinutes(minutes));
        Assert.Equal(TestData.Moment + Hour + TimeSpan.FromSeconds(seconds), pod.GetWithoutWaiting().ExpiresAt);
        behind.Advance(TimeSpan.FromMinutes(60 - minutes));

        Assert.False(pod.GetAsync().IsCompleted);
    }

    [Fact]
    public async Task By_a_clock_that_is_ahead_a_token_may_be_over_and_the_server_is_asked()
    {
        var ahead = new SteppableClock(TestData.Moment + Hour);
        using var pod = Pod(ahead);
        await _one.CacheTokenAsync(Hour);

        Assert.NotNull(await pod.CacheTokenAsync(Hour));
        Assert.Equal(1, pod.Source.Calls);
    }

    [Fact]
    public async Task Tokens_of_other_requests_and_other_clients_are_not_taken()
    {
        await _one.CacheTokenAsync(Hour);
        using var stranger = Pod(client: new() { Name = "reports", ClientId = "another" });

        Assert.False(_two.GetAsync(new() { Subject = "alice" }).IsCompleted);
        await _two.CompleteRequestAsync(_two.Issue(Hour));
        Assert.NotNull(await stranger.CacheTokenAsync(Hour));

        Assert.Equal(3, _store.Keys.Count);
    }

    [Fact]
    public async Task Bound_tokens_are_shared_with_holders_of_the_same_key_only()
    {
        var thumbprint = "one";
        ClientIdentity Bound(Func<string?> print) => new() { Name = "reports", IsBound = true, BindingThumbprint = print };
        using CacheFixture first = Pod(client: Bound(() => thumbprint)), second = Pod(client: Bound(() => "one")), third = Pod(client: Bound(() => "two"));
        await first.CacheTokenAsync(Hour);

        await HaveAdoptedAsync(second);
        Assert.NotNull(await third.CacheTokenAsync(Hour));

        Assert.Equal((0, 1), (second.Source.Calls, third.Source.Calls));
    }

    [Fact]
    public async Task Tokens_bound_to_a_key_that_is_not_known_are_not_shared_at_all()
    {
        using var bound = Pod(client: new() { Name = "reports", IsBound = true });
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

    private CacheFixture Pod(SteppableClock? time = null, ClientIdentity? client = null) =>
        new(time ?? _time, store: _store, client: client) { NextDouble = () => 0.25 };

    private static async Task HaveAdoptedAsync(CacheFixture pod)
    {
        Assert.NotNull(await pod.GetAsync().WithTimeout());
        await pod.Log.NextAsync();
    }
}
