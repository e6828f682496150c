using System.Diagnostics;

namespace JwtGrantClient.Diagnostics;

/// <summary>
/// The activities of the library, in the source <c>JwtGrantClient</c> (docs/telemetry.md). Without a listener none is created. A listener is code of the
/// application; its exceptions are ignored, because a token must not be lost.
/// </summary>
internal static class Activities
{
    public const string SourceName = "JwtGrantClient";

    public const string Acquire = "jwtgrantclient.acquire";
    public const string Wait = "jwtgrantclient.wait";
    public const string Attempt = "jwtgrantclient.attempt";
    public const string Metadata = "jwtgrantclient.metadata";
    public const string Sign = "jwtgrantclient.sign";
    public const string StoreGet = "jwtgrantclient.shared_store.get";
    public const string StoreSet = "jwtgrantclient.shared_store.set";

    private const int MaxDescription = 256;

    private static readonly ActivitySource Source = new(SourceName);

    /// <summary>Gets whether anyone listens.</summary>
    public static bool IsObserved => Source.HasListeners();

    /// <summary>Starts an activity below the current one. Returns null if nobody listens, or the listeners do not want it.</summary>
#pragma warning disable CA1031 // A listener may throw any exception.
    public static Activity? Start(string name, IEnumerable<ActivityLink>? links = null)
    {
        if (!Source.HasListeners())
            return null;
        Activity? activity = null;
        try
        {
            activity = Source.CreateActivity(name, ActivityKind.Internal, default(ActivityContext), tags: null, links);
            return activity?.Start();
        }
        catch (Exception)
        {
            return activity;
        }
    }

    /// <summary>Ends an activity. The one around it is the current one again.</summary>
    public static void Stop(Activity? activity)
    {
        if (activity is null)
            return;
        try
        {
            activity.Stop();
        }
        catch (Exception)
        {
            Activity.Current = activity.Parent;
        }
    }
#pragma warning restore CA1031

    /// <summary>Marks an activity as failed.</summary>
    /// <param name="activity">The activity; null if there is none.</param>
    /// <param name="errorType">The value of <c>error.type</c>.</param>
    /// <param name="error">The failure. Its text is cleaned and limited, and has no stack trace.</param>
    public static void SetError(Activity? activity, string errorType, Exception error)
    {
        if (activity is null)
            return;
        activity.SetTag(TelemetryTag.ErrorType, errorType);
        if (error is JwtGrantException { Code: var code } known)
        {
            activity.SetTag(TelemetryTag.ErrorCode, code);
            if (known.Error is { } oauthError)
                activity.SetTag(TelemetryTag.OAuthError, oauthError);
            if (known.StatusCode is { } status)
                activity.SetTag(TelemetryTag.StatusCode, status);
        }
        var description = new ErrorLine(error).ToString();
        activity.SetStatus(ActivityStatusCode.Error, description.Length <= MaxDescription ? description : description[..MaxDescription]);
    }
}
