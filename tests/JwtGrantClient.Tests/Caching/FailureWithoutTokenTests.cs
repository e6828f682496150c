using JwtGrantClient.Tests.TestSupport;
using Microsoft.Extensions.Logging;

namespace JwtGrantClient.Tests.Caching;

/// <summary>
/// The backoff is 1 s + U(0, min(15, 2^n)) s, also after a failure of the first acquisition. During the backoff, calls fail immediately with the
/// remembered error (docs/architecture.md, Backoff).
/// </summary>
public sealed class FailureWithoutTokenTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task All_waiting_callers_get_the_same_exception(bool hadToken)
    {
        using var cache = new CacheFixture();
        if (hadToken)
            await cache.CacheTokenAsync(CacheFixture.Hour);
        cache.Time.Advance(CacheFixture.HourExpiresAfter);
        var waiting = Enumerable.Range(0, 50).Select(_ => cache.GetAsync()).ToList();
        var error = CacheFixture.Unreachable();

        var line = await cache.FailRequestAsync(error);

        foreach (var waiter in waiting)
            Assert.Same(error, await Assert.ThrowsAsync<JwtGrantException>(() => waiter.WithTimeout()));
        Assert.Equal(hadToken ? 2 : 1, cache.Source.Calls);
        Assert.Equal((LogLevel.Information, null), (line.Level, line.Exception));
        Assert.Equal("Client 'reports' has no valid token and could not obtain one; next attempt in 00:00:01.5000000. token_endpoint_unreachable: No response from 'as.example.com:443'.", line.Text);
    }

    [Theory]
    [InlineData(0.0, new[] { 1.0, 1, 1, 1, 1, 1 })]
    [InlineData(0.5, new[] { 1.5, 2, 3, 5, 8.5, 8.5 })]
    [InlineData(1.0, new[] { 2.0, 3, 5, 9, 16, 16 })]
    public async Task Attempts_are_spaced_and_calls_in_between_fail_immediately(double random, double[] delays)
    {
        using var cache = new CacheFixture { NextDouble = () => random };
        foreach (var delay in delays)
        {
            var waiting = cache.GetAsync();
            await cache.FailRequestAsync(CacheFixture.Unreachable());
            await Assert.ThrowsAsync<JwtGrantException>(() => waiting.WithTimeout());

            cache.GetErrorWithoutWaiting();
            cache.Time.Advance(TimeSpan.FromSeconds(delay) - TimeSpan.FromTicks(1));
            cache.GetErrorWithoutWaiting();
            cache.Time.Advance(TimeSpan.FromTicks(1));
        }
    }

    [Fact]
    public async Task A_remembered_error_says_so_and_has_the_properties_of_the_original()
    {
        using var cache = new CacheFixture();
        var waiting = cache.GetAsync();
        var original = new JwtGrantException(JwtGrantErrorKind.Refused, "token_request_refused", "The server answered invalid_grant.")
        {
            StatusCode = 400,
            Error = "invalid_grant",
            ErrorDescription = "unknown key",
            ErrorUri = "https://as.example.com/errors/1",
            IsTransient = true,
        };
        await cache.FailRequestAsync(original);
        await Assert.ThrowsAsync<JwtGrantException>(() => waiting.WithTimeout());
        cache.Time.Advance(TimeSpan.FromSeconds(0.5));

        var remembered = cache.GetErrorWithoutWaiting();

        Assert.Equal("The server answered invalid_grant.\nThis is the remembered failure. The next attempt is in 1.0 s.", remembered.Message);
        Assert.Same(original, remembered.InnerException);
        Assert.Equal(
            (original.Kind, original.Code, original.StatusCode, original.Error, original.ErrorDescription, original.ErrorUri, original.IsTransient),
            (remembered.Kind, remembered.Code, remembered.StatusCode, remembered.Error, remembered.ErrorDescription, remembered.ErrorUri, remembered.IsTransient));
    }

    [Fact]
    public async Task A_request_after_the_backoff_can_succeed_and_a_success_resets_the_backoff()
    {
        using var cache = new CacheFixture();
        foreach (var delay in new[] { 1.5, 2.0, 3.0 })
        {
            var failing = cache.GetAsync();
            await cache.FailRequestAsync(CacheFixture.Unreachable());
            await Assert.ThrowsAsync<JwtGrantException>(() => failing.WithTimeout());
            cache.Time.Advance(TimeSpan.FromSeconds(delay));
        }

        var token = await cache.CacheTokenAsync(CacheFixture.Hour);
        Assert.Same(token, cache.GetWithoutWaiting());

        cache.Time.Advance(CacheFixture.HourExpiresAfter);
        var waiting = cache.GetAsync();
        Assert.Contains("next attempt in 00:00:01.5000000. ", (await cache.FailRequestAsync(CacheFixture.Unreachable())).Text, StringComparison.Ordinal);
        await Assert.ThrowsAsync<JwtGrantException>(() => waiting.WithTimeout());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Any_exception_of_a_token_source_is_wrapped_in_a_JwtGrantException(bool synchronously)
    {
        var original = new InvalidOperationException("The vault is sealed.");
        using var cache = new CacheFixture(source: new DelegateTokenSource((_, _) => synchronously ? throw original : Task.FromException<AccessToken>(original)));

        var error = await Assert.ThrowsAsync<JwtGrantException>(() => cache.GetAsync().WithTimeout());

        Assert.Equal((JwtGrantErrorKind.Transport, "token_source_failed"), (error.Kind, error.Code));
        Assert.Equal("The token source failed with InvalidOperationException: The vault is sealed.", error.Message);
        Assert.Same(original, error.InnerException);
        Assert.Same(error, cache.GetErrorWithoutWaiting().InnerException);
    }

    [Fact]
    public async Task A_source_that_cancels_itself_is_reported_as_a_failure_and_not_as_a_cancellation()
    {
        using var cache = new CacheFixture(source: new DelegateTokenSource((_, _) => throw new TaskCanceledException("The source timed out.")));

        var error = await Assert.ThrowsAsync<JwtGrantException>(() => cache.GetAsync().WithTimeout());

        Assert.IsType<TaskCanceledException>(error.InnerException);
    }
}
