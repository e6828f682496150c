using JwtGrantClient.Tests.TestSupport;
using Microsoft.Extensions.Logging;

namespace JwtGrantClient.Tests.Caching;

/// <summary>REFRESH: gate 1 s + U(0, min(15, 2^n)) s, and inside it fail at once with the remembered error; the first acquisition too.</summary>
public sealed class FailureWithoutTokenTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task One_failure_is_shared_by_all_who_wait(bool hadOneBefore)
    {
        using var cache = new CacheFixture();
        if (hadOneBefore)
            await cache.CacheTokenAsync(CacheFixture.Hour);
        cache.Time.Advance(CacheFixture.HourExpiresAfter);
        var waiting = Enumerable.Range(0, 50).Select(_ => cache.GetAsync()).ToList();
        var error = CacheFixture.Unreachable();

        var line = await cache.FailRequestAsync(error);

        foreach (var waiter in waiting)
            Assert.Same(error, await Assert.ThrowsAsync<JwtGrantException>(() => waiter.WithTimeout()));
        Assert.Equal(hadOneBefore ? 2 : 1, cache.Source.Calls);
        Assert.Equal(LogLevel.Error, line.Level);
        Assert.Equal("Client 'reports' has no valid token and could not obtain one; next attempt in 00:00:01.5000000", line.Text);
    }

    [Theory]
    [InlineData(0.0, new[] { 1.0, 1, 1, 1, 1, 1 })]
    [InlineData(0.5, new[] { 1.5, 2, 3, 5, 8.5, 8.5 })]
    [InlineData(1.0, new[] { 2.0, 3, 5, 9, 16, 16 })]
    public async Task Spaces_the_attempts_and_fails_at_once_in_between(double random, double[] gates)
    {
        using var cache = new CacheFixture { NextDouble = () => random };
        foreach (var gate in gates)
        {
            var waiting = cache.GetAsync();
            await cache.FailRequestAsync(CacheFixture.Unreachable());
            await Assert.ThrowsAsync<JwtGrantException>(() => waiting.WithTimeout());

            cache.GetErrorWithoutWaiting();
            cache.Time.Advance(TimeSpan.FromSeconds(gate) - TimeSpan.FromTicks(1));
            cache.GetErrorWithoutWaiting();
            cache.Time.Advance(TimeSpan.FromTicks(1));
        }
    }

    [Fact]
    public async Task The_remembered_error_says_that_it_is_one_and_keeps_what_the_original_said()
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

        Assert.Equal("The server answered invalid_grant.\nThis is the remembered failure; the next attempt is in 1.0 s.", remembered.Message);
        Assert.Same(original, remembered.InnerException);
        Assert.Equal(
            (original.Kind, original.Code, original.StatusCode, original.Error, original.ErrorDescription, original.ErrorUri, original.IsTransient),
            (remembered.Kind, remembered.Code, remembered.StatusCode, remembered.Error, remembered.ErrorDescription, remembered.ErrorUri, remembered.IsTransient));
    }

    [Fact]
    public async Task The_slot_is_free_after_a_failure_and_a_success_resets_the_gate()
    {
        using var cache = new CacheFixture();
        foreach (var gate in new[] { 1.5, 2.0, 3.0 })
        {
            var failing = cache.GetAsync();
            await cache.FailRequestAsync(CacheFixture.Unreachable());
            await Assert.ThrowsAsync<JwtGrantException>(() => failing.WithTimeout());
            cache.Time.Advance(TimeSpan.FromSeconds(gate));
        }

        var token = await cache.CacheTokenAsync(CacheFixture.Hour);
        Assert.Same(token, cache.GetWithoutWaiting());

        cache.Time.Advance(CacheFixture.HourExpiresAfter);
        var waiting = cache.GetAsync();
        Assert.EndsWith("next attempt in 00:00:01.5000000", (await cache.FailRequestAsync(CacheFixture.Unreachable())).Text, StringComparison.Ordinal);
        await Assert.ThrowsAsync<JwtGrantException>(() => waiting.WithTimeout());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_source_that_throws_something_of_its_own_becomes_one_of_our_errors(bool synchronously)
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
    public async Task A_source_that_cancels_itself_does_not_look_like_the_caller_s_own_cancellation()
    {
        using var cache = new CacheFixture(source: new DelegateTokenSource((_, _) => throw new TaskCanceledException("A timeout of its own.")));

        var error = await Assert.ThrowsAsync<JwtGrantException>(() => cache.GetAsync().WithTimeout());

        Assert.IsType<TaskCanceledException>(error.InnerException);
    }
}
