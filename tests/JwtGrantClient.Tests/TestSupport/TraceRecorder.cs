using System.Collections.Concurrent;
using System.Diagnostics;

namespace JwtGrantClient.Tests.TestSupport;

/// <summary>
/// Records the activities of sources, by default that of the library. A listener concerns the whole process, so the tests with one do not run in parallel
/// with others.
/// </summary>
internal sealed class TraceRecorder : IDisposable
{
    private readonly ConcurrentQueue<Activity> _ended = new();
    private readonly ConcurrentDictionary<string, TaskCompletionSource<Activity>> _awaited = new();
    private readonly ActivityListener _listener;

    public TraceRecorder(params string[] sources)
    {
        _listener = new()
        {
            ShouldListenTo = source => source.Name == "JwtGrantClient" || sources.Contains(source.Name),
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = activity =>
            {
                _ended.Enqueue(activity);
                Awaited(activity.OperationName).TrySetResult(activity);
            },
        };
        ActivitySource.AddActivityListener(_listener);
    }

    /// <summary>The activities that have ended, in this order.</summary>
    public IReadOnlyList<Activity> Ended => [.. _ended];

    public IEnumerable<Activity> Named(string name) => _ended.Where(activity => activity.OperationName == name);

    public Activity Single(string name) => Assert.Single(Named(name));

    /// <summary>Returns the first activity with a name that ends, or waits for it.</summary>
    public Task<Activity> EndedAsync(string name) => Awaited(name).Task.WithTimeout();

    /// <summary>Returns the activities below one, indented, each after its parent.</summary>
    public IEnumerable<string> Tree(Activity root, string indent = "")
    {
        yield return indent + root.OperationName;
        foreach (var child in _ended.Where(activity => activity.ParentSpanId == root.SpanId && activity.TraceId == root.TraceId).OrderBy(activity => activity.StartTimeUtc))
            foreach (var line in Tree(child, indent + "  "))
                yield return line;
    }

    /// <summary>Returns the tags as <c>name=value</c>, without the prefix of the library.</summary>
    public static IEnumerable<string> Tags(Activity activity) =>
        activity.TagObjects.Select(tag => $"{tag.Key.Replace("jwtgrantclient.", "", StringComparison.Ordinal)}={tag.Value}");

    public void Dispose() => _listener.Dispose();

    private TaskCompletionSource<Activity> Awaited(string name) => _awaited.GetOrAdd(name, _ => new(TaskCreationOptions.RunContinuationsAsynchronously));
}
