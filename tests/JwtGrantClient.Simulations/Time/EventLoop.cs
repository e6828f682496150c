namespace JwtGrantClient.Simulations.Time;

/// <summary>
/// Runs the events of the simulation one after another on the only thread of the thread pool. Work items that an event queued to the pool run before
/// the next event, so the clock advances only when the pool is idle.
/// </summary>
/// <param name="runNext">Runs the next event; returns false if there is none.</param>
internal sealed class EventLoop(Func<bool> runNext) : IThreadPoolWorkItem
{
    private readonly TaskCompletionSource _end = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <exception cref="InvalidOperationException">The pool has more than one thread, so the order of events would be random.</exception>
    public static Task RunAsync(Func<bool> runNext)
    {
        ThreadPool.GetMaxThreads(out var threads, out _);
        if (threads != 1)
            throw new InvalidOperationException(
                $"The thread pool has {threads} threads; expected 1. Start the program with its own runtimeconfig.json.");
        var loop = new EventLoop(runNext);
        ThreadPool.UnsafeQueueUserWorkItem(loop, preferLocal: false);
        return loop._end.Task;
    }

    public void Execute()
    {
#pragma warning disable CA1031 // Every exception is passed to the caller that waits for the end.
        try
        {
            while (ThreadPool.PendingWorkItemCount == 0)
            {
                if (runNext())
                    continue;
                _end.SetResult();
                return;
            }
            ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
        }
        catch (Exception e)
        {
            _end.SetException(e);
        }
#pragma warning restore CA1031
    }
}
