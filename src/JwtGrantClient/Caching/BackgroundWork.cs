namespace JwtGrantClient.Caching;

/// <summary>
/// Starts work on the thread pool, without the execution context and the cancellation of a caller. A caller that cancels does not affect the others,
/// and its ambient values do not reach them.
/// </summary>
internal static class BackgroundWork
{
    /// <summary>Queues work to the thread pool without the execution context of the caller.</summary>
    public static void OnThreadPool(Action work) => ThreadPool.UnsafeQueueUserWorkItem(static work => work(), work, preferLocal: false);

    /// <summary>Starts work and returns a task for its result. Awaiting callers continue independently of each other.</summary>
    public static Task<T> RunAsync<T>(Func<Task<T>> work, Action<Action> start)
    {
        var outcome = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        start(() => _ = CompleteAsync(work, outcome));
        return outcome.Task;
    }

    /// <summary>Creates a timer that fires once.</summary>
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
        // This observes the exception, because no caller may await the task. The work itself reports its errors.
        _ = outcome.Task.Exception;

        // An exception before the first await of the work is a result, too.
        static async Task<T> InvokeAsync(Func<Task<T>> work) => await work().ConfigureAwait(false);
    }
}
