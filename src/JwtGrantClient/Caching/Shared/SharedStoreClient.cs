using JwtGrantClient.Diagnostics;
using Microsoft.Extensions.Logging;

namespace JwtGrantClient.Caching;

/// <summary>Calls the store that processes share, each call with a timeout. Failures are logged and not thrown.</summary>
/// <param name="store">Contains the tokens of the fleet.</param>
/// <param name="client">The name of the client, for the log.</param>
/// <param name="timeout">The timeout of one call.</param>
/// <param name="time">The clock for the timeout.</param>
/// <param name="logger">Logs failures of the store.</param>
internal sealed class SharedStoreClient(ISharedTokenStore store, string client, TimeSpan timeout, TimeProvider time, ILogger logger)
{
    /// <summary>Gets the method that starts background work. Default: on the thread pool.</summary>
    public Action<Action> Start { get; init; } = BackgroundWork.OnThreadPool;

    /// <summary>Returns whether the store responded, and the entry of a key; null if there is none.</summary>
    public Task<(bool Succeeded, SharedToken? Entry)> GetAsync(string key) =>
        WithTimeoutAsync(async cancellationToken => await store.GetAsync(key, cancellationToken).ConfigureAwait(false));

    /// <summary>Returns whether the store accepted an entry.</summary>
    public async Task<bool> SetAsync(string key, SharedToken entry)
    {
        var (succeeded, _) = await WithTimeoutAsync(async cancellationToken =>
        {
            await store.SetAsync(key, entry, cancellationToken).ConfigureAwait(false);
            return entry;
        }).ConfigureAwait(false);
        return succeeded;
    }

    /// <summary>Makes a call of any kind. A store may ignore its cancellation and fail in any way; the consequence is only a token request.</summary>
    public async Task<(bool Succeeded, T? Result)> WithTimeoutAsync<T>(Func<CancellationToken, Task<T?>> call)
        where T : class
    {
        using var deadline = new CancellationTokenSource(timeout, time);
        var cancellation = deadline.Token;
        try
        {
            // On another thread, because a store may block its thread.
            return (true, await BackgroundWork.RunAsync(async () => await call(cancellation).ConfigureAwait(false), Start).WaitAsync(cancellation).ConfigureAwait(false));
        }
#pragma warning disable CA1031 // A store may throw any exception.
        catch (Exception e)
#pragma warning restore CA1031
        {
            Log.SharedStoreFailed(logger, client, e);
            return default;
        }
    }
}
