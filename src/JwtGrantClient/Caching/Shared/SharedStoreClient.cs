using System.Diagnostics;
using JwtGrantClient.Diagnostics;
using Microsoft.Extensions.Logging;

namespace JwtGrantClient.Caching;

/// <summary>
/// Calls the store that processes share, each call with a timeout. Failures are logged, with a warning for the first one, and not thrown.
/// </summary>
/// <param name="store">Contains the tokens of the fleet.</param>
/// <param name="metrics">The metrics of the client.</param>
/// <param name="timeout">The timeout of one call.</param>
/// <param name="time">The clock for the timeout.</param>
/// <param name="logger">Logs failures of the store.</param>
internal sealed class SharedStoreClient(ISharedTokenStore store, ClientMetrics metrics, TimeSpan timeout, TimeProvider time, ILogger logger)
{
    private readonly FailureStreak _failing = new(time);
    private readonly string _client = metrics.Client;

    /// <summary>Gets the metrics of the client.</summary>
    public ClientMetrics Metrics => metrics;

    /// <summary>Gets the method that starts background work. Default: on the thread pool.</summary>
    public Action<Action> Start { get; init; } = BackgroundWork.OnThreadPool;

    /// <summary>Returns whether the store responded, and the entry of a key; null if there is none.</summary>
    public Task<(bool Succeeded, SharedToken? Entry)> GetAsync(string key) =>
        CallAsync("get", Activities.StoreGet, async cancellationToken => await store.GetAsync(key, cancellationToken).ConfigureAwait(false));

    /// <summary>Returns whether the store accepted an entry.</summary>
    public async Task<bool> SetAsync(string key, SharedToken entry)
    {
        var (succeeded, _) = await CallAsync("set", Activities.StoreSet, async cancellationToken =>
        {
            await store.SetAsync(key, entry, cancellationToken).ConfigureAwait(false);
            return entry;
        }).ConfigureAwait(false);
        return succeeded;
    }

    /// <summary>Reads a token file, with the timeout of the store because the file system may be remote. Returns null if it cannot be read.</summary>
    public async Task<T?> ReadFileAsync<T>(Func<CancellationToken, Task<T?>> read)
        where T : class
    {
        var (error, result) = await WithTimeoutAsync(read).ConfigureAwait(false);
        if (error is not null)
            Log.TokenFileUnreadable(logger, _client, new(error));
        return result;
    }

    private async Task<(bool Succeeded, T? Result)> CallAsync<T>(string operation, string activityName, Func<CancellationToken, Task<T?>> call)
        where T : class
    {
        var startedAt = metrics.Timestamp;
        var activity = Activities.Start(activityName);
        activity?.SetTag(TelemetryTag.Client, _client);
        var (error, result) = await WithTimeoutAsync(call, activity).ConfigureAwait(false);
        var errorType = error is null ? null : metrics.ErrorTypeOf(error);
        metrics.OnStoreCalled(operation, errorType, startedAt);
        if (error is not null)
            Activities.SetError(activity, errorType!, error);
        Activities.Stop(activity);
        if (error is null)
        {
            if (_failing.OnSucceeded() is { } ended)
                Log.SharedStoreResponds(logger, _client, ended.Duration, ended.Failures);
            return (true, result);
        }
        if (_failing.OnFailed() is { } report)
            Log.SharedStoreFails(logger, _client, new(report.Since), report.Failures, new(error), report.IsFirst ? error : null);
        Log.SharedStoreFailed(logger, _client, new(error));
        return default;
    }

    // A store may ignore its cancellation and fail in any way; the consequence is only a token request.
    private async Task<(Exception? Error, T? Result)> WithTimeoutAsync<T>(Func<CancellationToken, Task<T?>> call, Activity? activity = null)
        where T : class
    {
        using var deadline = new CancellationTokenSource(timeout, time);
        var cancellation = deadline.Token;
        try
        {
            // On another thread, because a store may block its thread.
            return (null, await BackgroundWork.RunAsync(CallAsync, Start).WaitAsync(cancellation).ConfigureAwait(false));
        }
        catch (OperationCanceledException e) when (cancellation.IsCancellationRequested)
        {
            return (new TimeoutException($"There was no response within {timeout} (Cache:StoreTimeout).", e), null);
        }
#pragma warning disable CA1031 // A store may throw any exception.
        catch (Exception e)
#pragma warning restore CA1031
        {
            return (e, null);
        }

        async Task<T?> CallAsync()
        {
            // The activities of the store are below that of the call.
            if (activity is not null)
                Activity.Current = activity;
            return await call(cancellation).ConfigureAwait(false);
        }
    }
}
