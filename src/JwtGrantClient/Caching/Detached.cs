namespace JwtGrantClient.Caching;

/// <summary>
/// Starts work that belongs to no caller: on the thread pool, without the caller's context or cancellation, so that a caller who leaves
/// takes nothing from the others, and one caller's ambient values are not seen by all. Those who wait go on each on their own, so that
/// one of them cannot hold up the rest.
/// </summary>
internal static class Detached
{
    // Unsafe means: without the execution context of whoever calls, which is what is wanted.
    public static void OnThreadPool(Action work) => ThreadPool.UnsafeQueueUserWorkItem(static work => work(), work, preferLocal: false);

    public static Task<T> RunAsync<T>(Func<Task<T>> work, Action<Action> start)
    {
        var outcome = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        start(() => _ = CompleteAsync(work, outcome));
        return outcome.Task;
    }

    /// <summary>A timer that goes off once, until it is set again.</summary>
    public static ITimer Timer(TimeProvider time, Action work, TimeSpan due)
    {
        using var context = ExecutionContext.IsFlowSuppressed() ? (IDisposable?)null : ExecutionContext.SuppressFlow();
        return time.CreateTimer(static work => ((Action)work!)(), work, due, Timeout.InfiniteTimeSpan);
    }

    private static async Task CompleteAsync<T>(Func<Task<T>> work, TaskCompletionSource<T> outcome)
    {
        var done = work();
        await ((Task)done).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        outcome.SetFromTask(done);
        // Nobody may be waiting when it fails; whoever starts work here reports its errors, so they count as seen.
        _ = outcome.Task.Exception;
    }
}
