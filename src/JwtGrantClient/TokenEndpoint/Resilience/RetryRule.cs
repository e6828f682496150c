using System.Runtime.CompilerServices;
using JwtGrantClient.Diagnostics;
using Microsoft.Extensions.Logging;
using Polly.Timeout;

namespace JwtGrantClient.TokenEndpoint;

/// <summary>The numbers of one acquisition, validated.</summary>
internal sealed record RetrySettings(int MaxRetryAttempts, TimeSpan Delay, TimeSpan AttemptTimeout, TimeSpan TotalTimeout)
{
    public static RetrySettings Of(RetryOptions options) =>
        new(options.MaxRetryAttempts, options.Delay, options.AttemptTimeout, options.TotalTimeout);
}

/// <summary>
/// The built-in rule around the wire attempt: 30 s for all, at most three retries after the first attempt, 1 s x 2^n with full jitter,
/// 10 s for each (REFRESH: one flight). Every attempt is made anew inside it. A plain loop and no pipeline of Polly's: those check their
/// options by reflection, which costs a native program a megabyte, and the exchange three timers in place of one.
/// </summary>
/// <param name="settings">The numbers.</param>
/// <param name="clock">Delays and deadlines.</param>
/// <param name="random">Uniform in [0, 1).</param>
/// <param name="logger">Told of each retry.</param>
internal sealed class RetryRule(RetrySettings settings, TimeProvider clock, Func<double> random, ILogger logger) : IRetry
{
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<T> RunAsync<T>(WireAttempt<T> attempt, Exchange exchange, CancellationToken cancellationToken)
    {
        for (var retries = 0; ; retries++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            Exception failure;
            try
            {
                return await AttemptAsync(attempt, exchange, cancellationToken).ConfigureAwait(false);
            }
            catch (Exception e) when (MayRetry(e, retries, exchange))
            {
                failure = e;
            }
            var delay = RetryAfter(failure) ?? settings.Delay * (Math.Pow(2, retries) * random());
            Log.Retrying(logger, retries + 2, delay, failure);
            await WaitAsync(delay, exchange, cancellationToken).ConfigureAwait(false);
        }
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<T> AttemptAsync<T>(WireAttempt<T> attempt, Exchange exchange, CancellationToken cancellationToken)
    {
        var left = Left(exchange);
        var (each, all) = (settings.AttemptTimeout, settings.TotalTimeout);
        var limit = left < each ? all : each;
        using var deadline = new CancellationTokenSource(left < each ? left : each, clock);
        using var caller = cancellationToken.UnsafeRegister(static source => ((CancellationTokenSource)source!).Cancel(), deadline);
        try
        {
            return await exchange.AttemptAsync(attempt, deadline.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException e) when (deadline.IsCancellationRequested)
        {
            cancellationToken.ThrowIfCancellationRequested();
            throw new TimeoutRejectedException($"No answer within {limit.TotalSeconds:0} s.", limit, e);
        }
    }

    private async ValueTask WaitAsync(TimeSpan delay, Exchange exchange, CancellationToken cancellationToken)
    {
        var left = Left(exchange);
        await Task.Delay(delay < left ? delay : left, clock, cancellationToken).ConfigureAwait(false);
        if (delay >= left)
            throw new TimeoutRejectedException($"No answer within {settings.TotalTimeout.TotalSeconds:0} s.", settings.TotalTimeout);
    }

    // A wait that outlasts the exchange ends it; the cache then leaves the server alone for as long as it asked.
    private bool MayRetry(Exception failure, int retries, Exchange exchange) =>
        retries < settings.MaxRetryAttempts
        && Left(exchange) is var left && left > TimeSpan.Zero
        && exchange.MayBeSentAfter(failure)
        && !(RetryAfter(failure) > left);

    private TimeSpan Left(Exchange exchange) =>
        settings.TotalTimeout - clock.GetElapsedTime(exchange.StartedAt) is var left && left > TimeSpan.Zero ? left : TimeSpan.Zero;

    private static TimeSpan? RetryAfter(Exception failure) => (failure as JwtGrantException)?.RetryAfter;
}
