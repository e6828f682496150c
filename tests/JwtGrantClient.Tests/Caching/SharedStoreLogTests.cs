using JwtGrantClient.Caching;
using JwtGrantClient.Tests.TestSupport;

namespace JwtGrantClient.Tests.Caching;

/// <summary>What the log says about a shared store that fails. It was silent about one that was down when the process started.</summary>
public sealed class SharedStoreLogTests : IDisposable
{
    private readonly SteppableClock _time = new(TestData.Moment);
    private readonly InMemoryTokenStore _store = new() { BeforeCall = _ => throw new IOException("The store is down.") };
    private readonly LogLines _log = new();
    private readonly SharedStoreClient _client;

    public SharedStoreLogTests() => _client = new(_store, TestData.Metrics, TimeSpan.FromSeconds(0.5), _time, _log) { Start = static work => work() };

    [Fact]
    public async Task The_first_failure_is_a_warning_with_the_whole_error_and_each_call_is_one_line()
    {
        await GetAsync();
        await GetAsync();

        Assert.Equal(["Warning 25", "Debug 9", "Debug 9"], _log.All.Select(line => string.Join(' ', line.Split(' ').Take(2))));
        Assert.StartsWith(
            "Warning 25 The shared token store of client 'reports' fails; tokens are requested from the token endpoint meanwhile. "
            + "Failed calls since 2026-11-23T09:00:00Z: 1. Last error: IOException: The store is down. System.IO.IOException: The store is down.",
            _log.All[0], StringComparison.Ordinal);
        Assert.Equal(
            "Debug 9 The shared token store of client 'reports' failed or did not respond in time; the token endpoint is used. IOException: The store is down.",
            _log.All[1]);
    }

    [Fact]
    public async Task A_store_that_responds_again_is_one_line()
    {
        await GetAsync();
        _time.Advance(TimeSpan.FromSeconds(30));
        _store.BeforeCall = _ => Task.CompletedTask;

        await GetAsync();
        await GetAsync();

        Assert.Equal(
            "Information 26 The shared token store of client 'reports' responds again, after 00:00:30. Failed calls in that time: 1",
            Assert.Single(_log.All, line => line.StartsWith("Information", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task A_store_that_does_not_respond_is_logged_with_the_timeout()
    {
        var called = new TaskCompletionSource();
        _store.BeforeCall = _ =>
        {
            called.SetResult();
            return new TaskCompletionSource().Task;
        };
        var call = GetAsync();
        await called.Task.WithTimeout();
        _time.Advance(TimeSpan.FromSeconds(0.5));
        await call.WithTimeout();

        Assert.Contains("TimeoutException: There was no response within 00:00:00.5000000 (Cache:StoreTimeout).", _log.All[^1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_token_file_that_cannot_be_read_is_not_a_failure_of_the_store()
    {
        Assert.Null(await _client.ReadFileAsync<string>(_ => throw new IOException("The file is missing.")));

        Assert.Equal("Debug 29 Client 'reports' does not share the token, because a token file could not be read. IOException: The file is missing.", Assert.Single(_log.All));
    }

    public void Dispose() => _log.Dispose();

    private Task<(bool Succeeded, SharedToken? Entry)> GetAsync() => _client.GetAsync("key");
}
