namespace JwtGrantClient.Caching;

/// <summary>
/// Starts work that belongs to no caller: on the thread pool, without the caller's context or cancellation, so that a caller who leaves
/// takes nothing from the others, and one caller's ambient values are not seen by all.
/// </summary>
internal static class Detached
{
    public static Task<T> RunAsync<T>(Func<Task<T>> work)
    {
        Task<T> task;
        if (ExecutionContext.IsFlowSuppressed())
            task = Task.Run(work, CancellationToken.None);
        else
            using (ExecutionContext.SuppressFlow())
                task = Task.Run(work, CancellationToken.None);
        // Nobody may be waiting when it fails; whoever starts work here reports its errors, so they count as seen.
        task.ContinueWith(
            static done => _ = done.Exception, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        return task;
    }
}
