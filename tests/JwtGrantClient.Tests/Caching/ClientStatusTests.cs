using JwtGrantClient.Caching;
using JwtGrantClient.Tests.TestSupport;

namespace JwtGrantClient.Tests.Caching;

/// <summary>The status of a client over all its entries.</summary>
public sealed class ClientStatusTests : IDisposable
{
    private static readonly TokenRequest Alice = new() { Subject = "alice" }, Bob = new() { Subject = "bob" };

    private readonly CacheFixture _cache = new();

    public static TheoryData<string, bool> Errors => new()
    {
        { "invalid_client", true },
        { "unauthorized_client", true },
        { "unsupported_grant_type", true },
        { "temporarily_unavailable", true },
        { "invalid_grant", false },
        { "invalid_scope", false },
        { "invalid_target", false },
        { "consent_required", false },
    };

    [Theory]
    [MemberData(nameof(Errors))]
    public async Task A_refused_user_counts_for_the_client_if_the_error_concerns_the_client(string error, bool concernsClient)
    {
        await FailAsync(Alice, Refused(400, error));

        Assert.Equal(concernsClient ? 1 : 0, Status().Failures);
    }

    [Theory]
    [InlineData(429)]
    [InlineData(500)]
    [InlineData(503)]
    public async Task A_server_that_fails_with_an_OAuth_error_counts_for_the_client(int status)
    {
        await FailAsync(Alice, Refused(status, "a_code_of_the_server"));

        Assert.Equal(1, Status().Failures);
    }

    [Theory]
    [InlineData("subject_without_assertion", 0)]
    [InlineData("signing_key_unreadable", 1)]
    public async Task A_configuration_error_counts_unless_it_concerns_the_request(string code, int expected)
    {
        await FailAsync(Alice, new(JwtGrantErrorKind.Configuration, code, "A message."));

        Assert.Equal(expected, Status().Failures);
    }

    [Fact]
    public async Task Failures_of_all_entries_are_one_streak_that_the_success_of_any_entry_ends()
    {
        await FailAsync(Alice, CacheFixture.Unreachable());
        _cache.Time.Advance(TimeSpan.FromSeconds(10));
        var last = CacheFixture.Unreachable();
        await FailAsync(Bob, last);

        Assert.Equal((2, TimeSpan.FromSeconds(10), TimeSpan.Zero), (Status().Failures, Status().FailingFor, Status().SinceLastFailure));
        Assert.Same(last, Status().LastError);
        Assert.Null(Status().SinceLastSuccess);

        await _cache.CacheTokenAsync(CacheFixture.Hour, new() { Subject = "carol" });
        _cache.Time.Advance(TimeSpan.FromSeconds(5));

        Assert.Equal((0, null, null), (Status().Failures, Status().FailingFor, Status().LastError));
        Assert.Equal((TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(5)), (Status().SinceLastSuccess, Status().SinceLastFailure));
    }

    [Fact]
    public async Task A_client_is_unavailable_during_the_backoff_and_while_an_attempt_is_in_progress()
    {
        await FailAsync(Alice, CacheFixture.Unreachable());
        Assert.Equal((true, TimeSpan.FromSeconds(1.5)), (Status().IsUnavailable, Status().NextAttemptIn));

        _cache.Time.Advance(TimeSpan.FromSeconds(1.5));
        Assert.Equal((false, TimeSpan.Zero), (Status().IsUnavailable, Status().NextAttemptIn));

        var pending = _cache.GetAsync(Bob);
        Assert.True(Status().IsUnavailable);
        await _cache.CompleteRequestAsync(_cache.Issue(CacheFixture.Hour));
        await pending.WithTimeout();
        Assert.False(Status().IsUnavailable);
    }

    [Fact]
    public async Task A_client_whose_refreshes_fail_is_available_until_a_token_is_missing()
    {
        await _cache.CacheTokenAsync(CacheFixture.Hour, Alice);
        _cache.Time.Advance(CacheFixture.HourRefreshAfter);
        _cache.GetWithoutWaiting(Alice);
        await _cache.FailRequestAsync(CacheFixture.Unreachable());
        Assert.Equal((false, true), (Status().IsUnavailable, Status().OnlyRefreshesFailed));

        await FailAsync(Bob, CacheFixture.Unreachable());
        Assert.Equal((true, false), (Status().IsUnavailable, Status().OnlyRefreshesFailed));
    }

    [Fact]
    public async Task The_tokens_of_requests_are_reported_without_adding_entries()
    {
        await _cache.CacheTokenAsync(CacheFixture.Hour, Alice);

        TokenStatus[] tokens = [_cache.Tokens.GetStatus(Alice), _cache.Tokens.GetStatus(Bob), _cache.Tokens.GetStatus()];

        Assert.Equal([TokenState.Fresh, TokenState.Missing, TokenState.Missing], tokens.Select(token => token.State));
        Assert.Equal(1, CacheInspector.CountEntries(_cache.Tokens));
    }

    public void Dispose() => _cache.Dispose();

    private ClientStatus Status() => _cache.Tokens.ClientStatus();

    private static JwtGrantException Refused(int status, string error) =>
        new(JwtGrantErrorKind.Refused, "token_request_refused", "The token endpoint rejected the request.") { StatusCode = status, Error = error };

    private async Task FailAsync(TokenRequest request, JwtGrantException error)
    {
        var pending = _cache.GetAsync(request);
        await _cache.FailRequestAsync(error);
        await Assert.ThrowsAsync<JwtGrantException>(() => pending.WithTimeout());
    }
}
