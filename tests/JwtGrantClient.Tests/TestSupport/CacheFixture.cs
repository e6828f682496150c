using System.Diagnostics.Metrics;
using JwtGrantClient.Caching;
using JwtGrantClient.Diagnostics;
using JwtGrantClient.TokenEndpoint;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace JwtGrantClient.Tests.TestSupport;

/// <summary>
/// The cache over a <see cref="ControlledTokenSource"/> with a fake clock. With the random number 0.5, a token with a lifetime of one hour is
/// refreshed after 39 minutes and expires after 59:50.
/// </summary>
internal sealed class CacheFixture : IDisposable
{
    public static readonly TimeSpan Hour = TimeSpan.FromHours(1), HourRefreshAfter = TimeSpan.FromMinutes(39), HourExpiresAfter = TimeSpan.FromSeconds(3590);

    private int _tokensIssued;

    public CacheFixture(
        TimeProvider? time = null, ITokenSource? source = null, ILogger? logger = null, RefreshOptions? refresh = null, RetryOptions? retry = null,
        BackoffOptions? backoff = null, CacheOptions? cache = null, ISharedTokenStore? store = null, ClientIdentity? client = null,
        ILogger? storeLogger = null)
    {
        retry ??= new();
        refresh ??= new();
        cache ??= new();
        logger = new NonThrowingLogger(logger ?? Log);
        Time = time as SteppableClock ?? new(TestData.Moment);
        var meter = new TokenMetrics(Meter);
        Metrics = new(meter, "reports", time ?? Time);
        meter.Add(Metrics);
        Context = new CacheContext(
            "reports",
            new TokenSourceAcquirer(source ?? Source),
            new TokenRequestPipeline(retry, time ?? Time, () => NextDouble(), logger),
            time ?? Time,
            new CoarseClock(time ?? Time, refresh.SleepThreshold),
            () => NextDouble(),
            Metrics,
            logger)
        {
            Server = "'https://as.example.com'",
            Refresh = refresh,
            Backoff = backoff ?? new(),
            Cache = cache,
            Shared = store is null ? null : new SharedTokens(
                new SharedStoreClient(store, Metrics, cache.StoreTimeout, time ?? Time, NullLogger.Instance)
                {
                    // Synchronous, so that the token is in the store when its refresh has completed.
                    Start = static work => work(),
                },
                client ?? new() { Name = "reports" },
                refresh,
                time ?? Time,
                storeLogger ?? NullLogger.Instance),
        };
        Tokens = new CachedTokenSource(Context);
    }

    /// <summary>The data that all entries share, for a test of a single entry.</summary>
    public CacheContext Context { get; }

    /// <summary>The start of the tokens' values.</summary>
    public string TokenPrefix { get; init; } = "token";

    public SteppableClock Time { get; }

    public ControlledTokenSource Source { get; } = new();

    public RefreshLog Log { get; } = new();

    public ClientMetrics Metrics { get; }

    public Meter Meter { get; } = new(TokenMetrics.MeterName);

    /// <summary>Returns the next random number; by default 0.5.</summary>
    public Func<double> NextDouble { get; set; } = () => 0.5;

    public CachedTokenSource Tokens { get; }

    /// <summary>Whether a refresh of the default request is in progress, including one that has not started its token request yet.</summary>
    public bool IsRefreshing => CacheInspector.IsRefreshing(Tokens);

    /// <summary>Returns a new token with the given lifetime, which begins when the request was sent.</summary>
    public AccessToken IssueAt(DateTimeOffset issued, TimeSpan lifetime) =>
        new($"{TokenPrefix}-{Interlocked.Increment(ref _tokensIssued)}", issued + lifetime) { Lifetime = lifetime };

    /// <summary>Returns a new token with the given lifetime, which begins now.</summary>
    public AccessToken Issue(TimeSpan lifetime) => IssueAt(Time.GetUtcNow(), lifetime);

    /// <summary>Starts a call with the cancellation token of the test.</summary>
    public Task<AccessToken> GetAsync(TokenRequest? request = null) =>
        Tokens.GetTokenAsync(request ?? TokenRequest.Default, TestContext.Current.CancellationToken).AsTask();

    /// <summary>Returns the token of a call that must complete synchronously.</summary>
    public AccessToken GetWithoutWaiting(TokenRequest? request = null)
    {
        var pending = Tokens.GetTokenAsync(request ?? TokenRequest.Default, TestContext.Current.CancellationToken);
        return pending.IsCompletedSuccessfully ? pending.Result : throw new InvalidOperationException("The call waited for a token, or it failed.");
    }

    /// <summary>Returns the error of a call that must fail synchronously.</summary>
    public JwtGrantException GetErrorWithoutWaiting()
    {
        var pending = GetAsync();
        Assert.True(pending.IsFaulted, "The call did not fail immediately.");
        return Assert.IsType<JwtGrantException>(pending.Exception!.InnerException);
    }

    /// <summary>Caches a new token with the given lifetime through a call that waits for it.</summary>
    public async Task<AccessToken> CacheTokenAsync(TimeSpan lifetime, TokenRequest? request = null)
    {
        var pending = GetAsync(request);
        await CompleteRequestAsync(Issue(lifetime));
        return await pending.WithTimeout();
    }

    /// <summary>Starts to replace a token that an API rejected.</summary>
    public Task<AccessToken?> ReplaceAsync(AccessToken rejected, TokenRequest? request = null) =>
        Tokens.ReplaceAsync(request ?? TokenRequest.Default, rejected, callerWaits: true, TestContext.Current.CancellationToken).AsTask();

    /// <summary>Replaces a token that an API rejected by a new one with the given lifetime.</summary>
    public async Task<AccessToken> ReplaceByNewTokenAsync(AccessToken rejected, TimeSpan lifetime)
    {
        var pending = ReplaceAsync(rejected);
        await CompleteRequestAsync(Issue(lifetime));
        return (await pending.WithTimeout())!;
    }

    /// <summary>Returns a token from the next token request, and waits until the refresh has succeeded.</summary>
    public async Task<LogLine> CompleteRequestAsync(AccessToken token)
    {
        (await Source.NextCallAsync()).Return(token);
        return await Log.NextAsync();
    }

    /// <summary>Fails the next token request, and waits until the refresh has failed.</summary>
    public async Task<LogLine> FailRequestAsync(Exception error)
    {
        (await Source.NextCallAsync()).Fail(error);
        return await Log.NextAsync();
    }

    /// <summary>Advances the clock repeatedly until a call has completed, for a refresh whose timers the test cannot observe.</summary>
    public async Task AdvanceUntilCompletedAsync(TimeSpan time, Task call)
    {
        while (!call.IsCompleted)
        {
            Time.Advance(time);
            await Task.WhenAny(call, Task.Run(Thread.Yield, TestContext.Current.CancellationToken));
        }
    }

    public static JwtGrantException Unreachable(TimeSpan? retryAfter = null) =>
        new(JwtGrantErrorKind.Transport, "token_endpoint_unreachable", "No response from 'as.example.com:443'.") { RetryAfter = retryAfter, StatusCode = 503 };

    public void Dispose()
    {
        Tokens.Dispose();
        Meter.Dispose();
    }
}
