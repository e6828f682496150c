using JwtGrantClient.Caching;
using JwtGrantClient.Tests.TestSupport;
using Microsoft.Extensions.Logging.Abstractions;

namespace JwtGrantClient.Tests.Caching;

/// <summary>The markers of tokens that are revoked while the shared store fails: they have an effect at once in the process, and later in the others.</summary>
public sealed class PendingMarkerTests : IDisposable
{
    private static readonly TimeSpan Hour = CacheFixture.Hour, OneTick = TimeSpan.FromTicks(1);
    private static readonly TokenRequest Default = TokenRequest.Default, Alice = new() { Subject = "alice" };

    private readonly InMemoryTokenStore _store = new();
    private readonly SteppableClock _time = new(TestData.Moment);
    private readonly LogLines _log = new();
    private readonly CacheFixture _one, _two;
    private int _processes;

    public PendingMarkerTests() => (_one, _two) = (CreateProcess(), CreateProcess());

    [Fact]
    public async Task A_marker_that_the_store_did_not_accept_is_written_when_the_store_works_again()
    {
        var token = await _one.CacheTokenAsync(Hour);
        Fail();
        await _one.Tokens.RemoveAsync(Default);
        _time.Advance(RevocationMarkers.RetryInterval);
        Assert.Empty(_store.Markers);

        Recover();
        _time.Advance(RevocationMarkers.RetryInterval - OneTick);
        Assert.Empty(_store.Markers);
        _time.Advance(OneTick);

        Assert.Single(_store.Markers);
        Assert.NotEqual(token.Value, (await _two.CacheTokenAsync(Hour)).Value);
        Assert.Single(_log.All, line => line.StartsWith("Warning 11 Client 'reports' could not tell the other processes", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_marker_that_was_written_is_not_written_again_with_the_next_one()
    {
        var written = 0;
        _store.OnStored = () => written++;
        using var markers = new RevocationMarkers(
            new(_store, TestData.Metrics, TimeSpan.FromSeconds(1), _time, NullLogger.Instance) { Start = static work => work() }, "reports", _time, _log);
        await markers.AddAsync("token-1", _time.GetUtcNow() + Hour);
        Fail();
        await markers.AddAsync("token-2", _time.GetUtcNow() + Hour);
        Recover();

        _time.Advance(RevocationMarkers.RetryInterval);

        Assert.Equal(2, written);
    }

    [Fact]
    public async Task The_markers_that_wait_for_the_store_are_bounded_and_the_one_that_ends_first_is_lost()
    {
        using var markers = new RevocationMarkers(
            new(_store, TestData.Metrics, TimeSpan.FromSeconds(1), _time, NullLogger.Instance) { Start = static work => work() }, "reports", _time, _log);
        Fail();

        for (var i = 0; i <= RevocationMarkers.MaxPending; i++)
            await markers.AddAsync($"token-{i}", _time.GetUtcNow() + Hour + TimeSpan.FromSeconds(i));
        Recover();
        _time.Advance(RevocationMarkers.RetryInterval);

        Assert.Equal(RevocationMarkers.MaxPending, _store.Markers.Count);
        Assert.False(await markers.ContainsAsync("token-0"));
        Assert.True(await markers.ContainsAsync("token-1"));
        Assert.Single(_log.All, line => line.StartsWith("Warning 15 ", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Disposal_ends_the_retries()
    {
        await _one.CacheTokenAsync(Hour);
        Fail();
        await _one.Tokens.RemoveAsync(Default);

        _one.Tokens.Dispose();
        Recover();
        // The token is still valid, so that its marker would be written.
        _time.Advance(RevocationMarkers.RetryInterval);

        Assert.Empty(_store.Markers);
    }

    [Fact]
    public async Task A_marker_whose_token_expired_while_the_store_failed_is_not_written()
    {
        await _one.CacheTokenAsync(Hour);
        Fail();
        await _one.Tokens.RemoveAsync(Default);
        _time.Advance(Hour);
        Recover();

        _time.Advance(2 * RevocationMarkers.RetryInterval);

        Assert.Empty(_store.Markers);
    }

    [Fact]
    public async Task Until_its_marker_is_written_a_revoked_token_is_not_adopted_by_the_process_that_revoked_it()
    {
        var token = await _one.CacheTokenAsync(Hour, Alice);
        Fail();
        await _one.Tokens.RemoveSubjectAsync("alice");
        Recover();

        Assert.NotEqual(token.Value, (await _one.CacheTokenAsync(Hour, Alice)).Value);
    }

    [Fact]
    public async Task A_token_of_another_process_that_is_revoked_while_the_store_fails_is_not_adopted_afterwards()
    {
        var token = await _two.CacheTokenAsync(Hour, Alice);
        Fail();
        await _one.Tokens.RemoveSubjectAsync("alice");
        Recover();
        Assert.Empty(_store.Markers);

        _time.Advance(RevocationMarkers.RetryInterval);

        Assert.Single(_store.Markers);
        using var third = CreateProcess();
        Assert.NotEqual(token.Value, (await third.CacheTokenAsync(Hour, Alice)).Value);
    }

    [Fact]
    public async Task A_token_of_another_process_that_is_revoked_while_the_store_fails_is_not_adopted_by_the_process_that_revoked_it()
    {
        var token = await _two.CacheTokenAsync(Hour, Alice);
        Fail();
        await _one.Tokens.RemoveAsync(Alice);
        Recover();

        Assert.NotEqual(token.Value, (await _one.CacheTokenAsync(Hour, Alice)).Value);
    }

    [Fact]
    public async Task A_token_that_was_acquired_after_the_revocation_is_shared_when_the_store_works_again()
    {
        await _two.CacheTokenAsync(Hour, Alice);
        Fail();
        await _one.Tokens.RemoveAsync(Alice);
        Recover();
        _time.Advance(OneTick);
        var next = await _one.CacheTokenAsync(Hour, Alice);

        _time.Advance(RevocationMarkers.RetryInterval);

        Assert.Empty(_store.Markers);
        using var third = CreateProcess();
        Assert.Equal(next.Value, (await third.GetAsync(Alice).WithTimeout()).Value);
    }

    [Fact]
    public async Task A_token_is_not_adopted_if_the_store_does_not_say_whether_it_is_revoked()
    {
        var token = await _one.CacheTokenAsync(Hour);
        var calls = 0;
        _store.BeforeCall = _ => ++calls == 1 ? Task.CompletedTask : throw new IOException("The connection was closed.");

        Assert.NotEqual(token.Value, (await _two.CacheTokenAsync(Hour)).Value);
    }

    public void Dispose()
    {
        _one.Dispose();
        _two.Dispose();
        _log.Dispose();
    }

    private CacheFixture CreateProcess() => new(_time, store: _store, storeLogger: _log) { TokenPrefix = $"process-{++_processes}" };

    private void Fail() => _store.BeforeCall = _ => throw new IOException("The store is down.");

    private void Recover() => _store.BeforeCall = _ => Task.CompletedTask;
}
