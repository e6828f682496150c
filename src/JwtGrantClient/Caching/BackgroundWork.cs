namespace JwtGrantClient.Caching;

/// <summary>
/// Starts work that belongs to no caller: on the thread pool, without the caller's execution context or cancellation. A caller that cancels
/// takes nothing from the others, and the ambient values of one caller are not seen by all.
/// </summary>
internal static class BackgroundWork
{
    /// <summary>Queues work to the thread pool without the execution context of the caller.</summary>
    public static void OnThreadPool(Action work) => ThreadPool.UnsafeQueueUserWorkItem(static work => work(), work, preferLocal: false);

    /// <summary>Starts work and returns its outcome. Those who wait for it continue independently of each other.</summary>
    public static Task<T> RunAsync<T>(Func<Task<T>> work, Action<Action> start)
    {
        var outcome = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        start(() => _ = CompleteAsync(work, outcome));
        return outcome.Task;
    }

    /// <summary>Creates a timer that fires once, until it is set again.</summary>
    public static ITimer CreateTimer(TimeProvider time, Action work, TimeSpan dueTime)
    {
        using var context = ExecutionContext.IsFlowSuppressed() ? (IDisposable?)null : ExecutionContext.SuppressFlow();
        return time.CreateTimer(static work => ((Action)work!)(), work, dueTime, Timeout.InfiniteTimeSpan);
    }

    private static async Task CompleteAsync<T>(Func<Task<T>> work, TaskCompletionSource<T> outcome)
    {
        var running = InvokeAsync(work);
        await ((Task)running).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        outcome.SetFromTask(running);
        // Nobody may be waiting when it fails. Whoever starts work here reports its errors, so they count as observed.
        _ = outcome.Task.Exception;

        // What the work throws before its first await is its outcome too.
        static async Task<T> InvokeAsync(Func<Task<T>> work) => await work().ConfigureAwait(false);
    }
}
