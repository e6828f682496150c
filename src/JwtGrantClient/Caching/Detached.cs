namespace JwtGrantClient.Caching;

/// <summary>
/// Starts work that belongs to no caller: on the thread pool, without the caller's context or cancellation, so that a caller who leaves
/// takes nothing from the others, and one caller's ambient values are not seen by all. Those who wait go on each on their own, so that
/// one of them cannot hold up the rest.
/// </summary>
internal static class Detached
{
    public static Task<T> RunAsync<T>(Func<Task<T>> work)
    {
        var outcome = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        // Unsafe means: without the execution context of whoever calls, which is what is wanted.
        ThreadPool.UnsafeQueueUserWorkItem(static start => _ = CompleteAsync(start.work, start.outcome), (work, outcome), preferLocal: false);
        return outcome.Task;
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
