namespace JwtGrantClient.Caching;

/// <summary>
/// One acquisition under its own deadline, which holds whatever the source does with its cancellation: a signer that hangs would
/// otherwise keep every later caller waiting for it.
/// </summary>
internal static class Acquisition
{
    // The token endpoint's own deadline is a moment earlier, because it knows better what went wrong.
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(1);

    /// <summary>Looks in the second level, then asks the source.</summary>
    /// <param name="context">Where from.</param>
    /// <param name="request">What the token is for.</param>
    /// <param name="before">The token that is to be renewed; null where none is kept.</param>
    /// <param name="rejected">The token that an API refused; null where none was.</param>
    /// <exception cref="JwtGrantException">No token could be had in time.</exception>
    public static async Task<(AccessToken Token, bool IsShared)> GetAsync(
        CacheContext context, TokenRequest request, AccessToken? before, AccessToken? rejected) =>
        context.Shared is { } shared && await shared.FindAsync(request, before, rejected).ConfigureAwait(false) is { } found
            ? (found, true)
            : (await FromSourceAsync(context, request).ConfigureAwait(false), false);

    private static async Task<AccessToken> FromSourceAsync(CacheContext context, TokenRequest request)
    {
        var limit = context.TotalTimeout + Grace;
        using var deadline = new CancellationTokenSource(limit, context.Time);
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, context.Disposed);
        var cancellation = ending.Token;
        // Started aside, because a signer may block its thread too. What is left to itself fails unseen.
        var work = Detached.RunAsync(async () => await context.Source.GetTokenAsync(request, cancellation).ConfigureAwait(false), context.Start);
        try
        {
            return await work.WaitAsync(deadline.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException e) when (deadline.IsCancellationRequested)
        {
            // This may run before the deadline has told the source.
            await ending.CancelAsync().ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            throw new JwtGrantException(
                JwtGrantErrorKind.Transport, "token_source_timeout",
                $"No token within {limit.TotalSeconds:0.###} s. Does the signer, the assertion provider, the token endpoint handler or " +
                "the retry " +
                "pipeline that the client was given hang? Retry:TotalTimeout is the setting for the time it has.",
                e)
            {
                IsTransient = true,
            };
        }
    }
}
