using System.Diagnostics;

namespace JwtGrantClient.Diagnostics;

/// <summary>
/// The activity of an acquisition, which exists only while someone listens. All callers share the acquisition, so it is the root of a trace of its own, without
/// the baggage of any of them, and is linked with the callers.
/// </summary>
internal sealed class AcquisitionTrace
{
    /// <summary>The number of callers that are linked. An outage may have thousands.</summary>
    public const int MaxLinks = 16;

    private readonly Lock _linking = new();
    private List<ActivityLink>? _callers;
    private int _links;

    /// <summary>Gets the activity; null before <see cref="Start"/>, and if the listeners do not want it.</summary>
    public Activity? Activity { get; private set; }

    /// <summary>Links a caller. Others than the first ones are not linked.</summary>
    /// <param name="caller">The activity of the caller; null if it has none.</param>
    public void AddCaller(Activity? caller)
    {
        if (caller is null)
            return;
        lock (_linking)
        {
            if (_links++ >= MaxLinks)
                return;
            var link = new ActivityLink(caller.Context);
            if (Activity is null)
                (_callers ??= []).Add(link);
            else
                Activity.AddLink(link);
        }
    }

    /// <summary>Starts the activity, which becomes the current one.</summary>
    public void Start(ClientMetrics metrics, string reason)
    {
        // A caller may have started the acquisition on its own thread.
        Activity.Current = null;
        var activity = Activities.Start(Activities.Acquire, TakeCallers(started: null));
        if (activity is null)
            return;
        activity.SetTag(TelemetryTag.Client, metrics.Client);
        activity.SetTag(TelemetryTag.Reason, reason);
        if (metrics.Grant is { } grant)
            activity.SetTag(TelemetryTag.Grant, grant);
        if (metrics.Server is { } server)
            activity.SetTag(TelemetryTag.ServerAddress, server);
        // Those that have come meanwhile.
        foreach (var link in TakeCallers(activity))
            activity.AddLink(link);
    }

    private List<ActivityLink> TakeCallers(Activity? started)
    {
        lock (_linking)
        {
            var callers = _callers ?? [];
            (_callers, Activity) = (null, started);
            return callers;
        }
    }

    /// <summary>Ends the activity of an acquisition that succeeded.</summary>
    public void OnSucceeded(string outcome)
    {
        Activity?.SetTag(TelemetryTag.Outcome, outcome);
        Activities.Stop(Activity);
    }

    /// <summary>Ends the activity of an acquisition that failed.</summary>
    public void OnFailed(string outcome, string errorType, Exception error)
    {
        Activity?.SetTag(TelemetryTag.Outcome, outcome);
        Activities.SetError(Activity, errorType, error);
        Activities.Stop(Activity);
    }
}
