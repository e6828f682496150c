namespace JwtGrantClient.Caching;

/// <summary>The wait of one caller for an acquisition. A caller that cancels does not affect the others.</summary>
internal static class CallerWait
{
    /// <summary>Waits for an acquisition.</summary>
    public static Task<AccessToken> WaitAsync(CacheEntry entry, Task<AccessToken> refresh, CancellationToken cancellationToken) =>
        cancellationToken.CanBeCanceled ? WaitOrCancelAsync(entry, refresh, cancellationToken) : refresh;

    private static async Task<AccessToken> WaitOrCancelAsync(CacheEntry entry, Task<AccessToken> refresh, CancellationToken cancellationToken)
    {
        var context = entry.Context;
        var since = context.Clock.Now;
        try
        {
            return await refresh.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            var lastError = entry.OnCallerCanceled(refresh);
            context.Acquisitions.OnCallerCanceled(TimeSpan.FromTicks(context.Clock.Now - since), context.Pipeline.Server ?? context.Server, lastError);
            throw;
        }
    }
}
