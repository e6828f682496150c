namespace JwtGrantClient.Simulations.Time;

/// <summary>
/// Lets things happen one after another on the thread pool's only thread. While this runs nothing else does, and whatever was left to the
/// pool goes first: a moment is over when nothing waits there.
/// </summary>
/// <param name="goOn">Does the next thing; false where there is none.</param>
internal sealed class Course(Func<bool> goOn) : IThreadPoolWorkItem
{
    private readonly TaskCompletionSource _end = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <exception cref="InvalidOperationException">The pool has more threads, and the order of things would be by chance.</exception>
    public static Task RunAsync(Func<bool> goOn)
    {
        ThreadPool.GetMaxThreads(out var threads, out _);
        if (threads != 1)
            throw new InvalidOperationException(
                $"The thread pool has {threads} threads in place of 1. Start the program with its own runtimeconfig.json.");
        var course = new Course(goOn);
        ThreadPool.UnsafeQueueUserWorkItem(course, preferLocal: false);
        return course._end.Task;
    }

    public void Execute()
    {
#pragma warning disable CA1031 // Whatever went wrong is told to whoever waits for the end.
        try
        {
            while (ThreadPool.PendingWorkItemCount == 0)
            {
                if (goOn())
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
