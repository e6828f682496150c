using System.Diagnostics.Metrics;
using JwtGrantClient.Caching;
using JwtGrantClient.Diagnostics;
using JwtGrantClient.TokenEndpoint;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace JwtGrantClient.Tests.TestSupport;

/// <summary>
/// The cache over a <see cref="ControlledTokenSource"/>, on a fake clock. With the draw of 0.5 a token of one hour is due after 39 minutes and at its
/// end after 59:50.
/// </summary>
internal sealed class CacheFixture : IDisposable
{
    public static readonly TimeSpan Hour = TimeSpan.FromHours(1), HourRefreshAfter = TimeSpan.FromMinutes(39), HourExpiresAfter = TimeSpan.FromSeconds(3590);

    private int _tokensIssued;

    public CacheFixture(
        TimeProvider? time = null, ITokenSource? source = null, ILogger? logger = null, RefreshOptions? refresh = null, RetryOptions? retry = null,
        BackoffOptions? backoff = null, CacheOptions? cache = null, ISharedTokenStore? store = null, ClientIdentity? client = null)
    {
        retry ??= new();
        refresh ??= new();
        cache ??= new();
        Time = time as SteppableClock ?? new(TestData.Moment);
        Tokens = new CachedTokenSource(new CacheContext(
            "reports",
            new TokenSourceAcquirer(source ?? Source),
            new TokenRequestPipeline(retry, time ?? Time, () => NextDouble(), logger ?? Log),
            time ?? Time,
            new CoarseClock(time ?? Time, refresh.SleepThreshold),
            () => NextDouble(),
            new TokenMetrics(Meter),
            logger ?? Log)
        {
            Refresh = refresh,
            Backoff = backoff ?? new(),
            Cache = cache,
            Shared = store is null ? null : new SharedTokens(
                store, client ?? new() { Name = "reports" }, cache.StoreTimeout, refresh, time ?? Time, NullLogger.Instance)
            {
                // At once, so that a token is there for the others when its refresh has ended.
                Start = static work => work(),
            },
        });
    }

    public SteppableClock Time { get; }

    public ControlledTokenSource Source { get; } = new();

    public RefreshLog Log { get; } = new();

    public Meter Meter { get; } = new(TokenMetrics.MeterName);

    /// <summary>The next random number.</summary>
    public Func<double> NextDouble { get; set; } = () => 0.5;

    public CachedTokenSource Tokens { get; }

    /// <summary>Whether a token request of the default slot is under way, answered or not yet begun.</summary>
    public bool IsRefreshing => CacheInspector.IsRefreshing(Tokens);

    /// <summary>A new token of this lifetime, counted from before the request was sent.</summary>
    public AccessToken IssueAt(DateTimeOffset issued, TimeSpan lifetime) =>
        new($"token-{Interlocked.Increment(ref _tokensIssued)}", issued + lifetime) { Lifetime = lifetime };

    /// <summary>A new token of this lifetime, issued now.</summary>
    public AccessToken Issue(TimeSpan lifetime) => IssueAt(Time.GetUtcNow(), lifetime);

    /// <summary>A call, under the test's own cancellation.</summary>
    public Task<AccessToken> GetAsync(TokenRequest? request = null) =>
        Tokens.GetTokenAsync(request ?? TokenRequest.Default, TestContext.Current.CancellationToken).AsTask();

    /// <summary>A call that must not wait.</summary>
    public AccessToken GetWithoutWaiting(TokenRequest? request = null)
    {
        var pending = Tokens.GetTokenAsync(request ?? TokenRequest.Default, TestContext.Current.CancellationToken);
        return pending.IsCompletedSuccessfully ? pending.Result : throw new InvalidOperationException("The call had to wait for a token, or failed.");
    }

    /// <summary>A call that must fail without waiting.</summary>
    public JwtGrantException GetErrorWithoutWaiting()
    {
        var pending = GetAsync();
        Assert.True(pending.IsFaulted, "The call did not fail at once.");
        return Assert.IsType<JwtGrantException>(pending.Exception!.InnerException);
    }

    /// <summary>Makes the cache hold a new token of this lifetime, by a call that waits for it.</summary>
    public async Task<AccessToken> CacheTokenAsync(TimeSpan lifetime, TokenRequest? request = null)
    {
        var pending = GetAsync(request);
        await CompleteRequestAsync(Issue(lifetime));
        return await pending.WithTimeout();
    }

    /// <summary>Answers the next token request, and waits until the answer has landed.</summary>
    public async Task<LogLine> CompleteRequestAsync(AccessToken token)
    {
        (await Source.NextCallAsync()).Return(token);
        return await Log.NextAsync();
    }

    /// <summary>Fails the next token request, and waits until the failure has landed.</summary>
    public async Task<LogLine> FailRequestAsync(Exception error)
    {
        (await Source.NextCallAsync()).Fail(error);
        return await Log.NextAsync();
    }

    /// <summary>Moves the clock on until a call has ended, for flights of which the test cannot see when they set their timers.</summary>
    public async Task AdvanceUntilCompletedAsync(TimeSpan time, Task call)
    {
        while (!call.IsCompleted)
        {
            Time.Advance(time);
            await Task.WhenAny(call, Task.Run(Thread.Yield, TestContext.Current.CancellationToken));
        }
    }

    public static JwtGrantException Unreachable(TimeSpan? retryAfter = null) =>
        new(JwtGrantErrorKind.Transport, "token_endpoint_unreachable", "No answer from 'as.example.com:443'.") { RetryAfter = retryAfter, StatusCode = 503 };

    public void Dispose()
    {
        Tokens.Dispose();
        Meter.Dispose();
    }
}
