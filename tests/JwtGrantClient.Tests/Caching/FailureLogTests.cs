using JwtGrantClient.Tests.TestSupport;
using Microsoft.Extensions.Logging;

namespace JwtGrantClient.Tests.Caching;

/// <summary>What the log of a client says about the first token, and about failures: one warning per streak, and one line without stack trace per attempt.</summary>
public sealed class FailureLogTests : IDisposable
{
    private static readonly TokenRequest Alice = new() { Subject = "alice" }, Bob = new() { Subject = "bob" };

    private readonly CacheFixture _cache = new();

    [Fact]
    public async Task The_first_token_of_a_client_is_logged_with_its_expiry_and_refresh_time()
    {
        var pending = _cache.GetAsync();
        var first = await _cache.CompleteRequestAsync(_cache.Issue(CacheFixture.Hour));
        await pending.WithTimeout();
        var other = _cache.GetAsync(Alice);
        var second = await _cache.CompleteRequestAsync(_cache.Issue(CacheFixture.Hour));
        await other.WithTimeout();

        Assert.Equal((19, LogLevel.Information), (first.EventId, first.Level));
        Assert.Equal(
            "Client 'reports' acquired its first token (first) from 'https://as.example.com'; it expires at 2026-11-23T10:00:00Z and is refreshed from 2026-11-23T09:39:00Z on",
            first.Text);
        Assert.Equal((3, LogLevel.Debug), (second.EventId, second.Level));
    }

    [Fact]
    public async Task An_outage_has_a_warning_with_the_whole_error_and_later_ones_at_growing_intervals_with_the_number_of_failures()
    {
        var error = CacheFixture.Unreachable();
        for (var i = 0; i < 40; i++)
        {
            await FailAsync(TokenRequest.Default, i == 0 ? error : CacheFixture.Unreachable());
            _cache.Time.Advance(TimeSpan.FromSeconds(15));
        }

        Assert.All(_cache.Log.Streaks, line => Assert.Equal((17, LogLevel.Warning), (line.EventId, line.Level)));
        Assert.Equal(
            [error, null, null, null],
            _cache.Log.Streaks.Select(line => line.Exception));
        Assert.Equal(
            "Client 'reports' cannot acquire tokens. Failed acquisitions since 2026-11-23T09:00:00Z: 29. Valid tokens stay in use until they expire. "
            + "Last error: token_endpoint_unreachable: No response from 'as.example.com:443'.",
            _cache.Log.Streaks[^1].Text);
    }

    [Fact]
    public async Task The_end_of_an_outage_is_one_line_with_its_duration()
    {
        await FailAsync(Alice, CacheFixture.Unreachable());
        await FailAsync(Bob, CacheFixture.Unreachable());
        _cache.Time.Advance(TimeSpan.FromSeconds(90));

        await _cache.CacheTokenAsync(CacheFixture.Hour, Alice);
        _cache.Time.Advance(TimeSpan.FromSeconds(90));
        await _cache.CacheTokenAsync(CacheFixture.Hour, Bob);

        Assert.Equal([17, 18], _cache.Log.Streaks.Select(line => line.EventId));
        Assert.Equal(LogLevel.Information, _cache.Log.Streaks[1].Level);
        Assert.Equal("Client 'reports' acquires tokens again, after 00:01:30. Failed acquisitions in that time: 2", _cache.Log.Streaks[1].Text);
    }

    [Fact]
    public async Task A_thousand_users_in_an_outage_have_one_warning_and_one_line_each()
    {
        for (var i = 0; i < 1000; i++)
        {
            var line = await FailAsync(new() { Subject = $"user-{i}" }, CacheFixture.Unreachable());
            Assert.Equal((5, LogLevel.Information, null), (line.EventId, line.Level, line.Exception));
            Assert.DoesNotContain('\n', line.Text);
        }

        Assert.Single(_cache.Log.Streaks);
    }

    [Fact]
    public async Task A_refused_user_is_not_a_failure_of_the_client_and_has_a_warning_of_its_own_at_growing_intervals()
    {
        for (var i = 0; i < 20; i++)
        {
            await FailAsync(Alice, Refused("invalid_grant"));
            await _cache.CacheTokenAsync(CacheFixture.Hour, new() { Subject = $"user-{i}" });
            _cache.Time.Advance(TimeSpan.FromSeconds(20));
        }

        Assert.Equal([27, 27, 27], _cache.Log.Streaks.Select(line => line.EventId));
        Assert.All(_cache.Log.Streaks, line => Assert.Equal(LogLevel.Warning, line.Level));
        Assert.Equal([true, false, false], _cache.Log.Streaks.Select(line => line.Exception is not null));
        Assert.Equal(0, _cache.Tokens.ClientStatus().Failures);
    }

    [Fact]
    public async Task A_refused_request_of_the_client_as_configured_is_a_failure_of_the_client_that_other_requests_do_not_end()
    {
        await FailAsync(TokenRequest.Default, Refused("invalid_grant"));
        await _cache.CacheTokenAsync(CacheFixture.Hour, Alice);
        Assert.Equal([17], _cache.Log.Streaks.Select(line => line.EventId));
        _cache.Time.Advance(TimeSpan.FromSeconds(16));

        await _cache.CacheTokenAsync(CacheFixture.Hour);

        Assert.Equal([17, 18], _cache.Log.Streaks.Select(line => line.EventId));
    }

    public void Dispose() => _cache.Dispose();

    private static JwtGrantException Refused(string error) =>
        new(JwtGrantErrorKind.Refused, "token_request_refused", "The token endpoint rejected the request.") { StatusCode = 400, Error = error };

    private async Task<LogLine> FailAsync(TokenRequest request, JwtGrantException error)
    {
        var pending = _cache.GetAsync(request);
        var line = await _cache.FailRequestAsync(error);
        await Assert.ThrowsAsync<JwtGrantException>(() => pending.WithTimeout());
        return line;
    }
}
