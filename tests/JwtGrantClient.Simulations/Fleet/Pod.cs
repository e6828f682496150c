using JwtGrantClient.Caching;
using JwtGrantClient.Simulations.Time;

namespace JwtGrantClient.Simulations.Fleet;

/// <summary>A pod with its own token source, which makes a call every second after its start.</summary>
internal sealed class Pod(int number, long start, CachedTokenSource tokens, VirtualTime time, SimulationResult result)
{
    public int Number => number;

    /// <summary>The time of the next call, in ticks since the start of the simulation.</summary>
    public long NextCall { get; private set; } = start;

    /// <summary>Makes the call that is due, and schedules the next one.</summary>
    /// <param name="everyCall">
    /// Whether the next call is always a second later. Otherwise calls that only read the cached token are skipped: those before the time at which
    /// the pod's token source reports that a call starts a refresh.
    /// </param>
    public void Call(bool everyCall)
    {
        var called = NextCall;
        var pending = tokens.GetTokenAsync(TokenRequest.Default);
        if (!pending.IsCompletedSuccessfully)
            _ = WaitAsync(pending, called);
        else if (pending.Result.ExpiresAt <= time.GetUtcNow())
            result.AddLostSecond(called, number);
        var idle = everyCall ? 0 : tokens.Status().RefreshesIn.Ticks;
        NextCall += Math.Max(1, (idle + TimeSpan.TicksPerSecond - 1) / TimeSpan.TicksPerSecond) * TimeSpan.TicksPerSecond;
    }

    private async Task WaitAsync(ValueTask<AccessToken> pending, long called)
    {
        try
        {
            await pending;
            result.AddWait(called);
            if (time.Now - called >= TimeSpan.TicksPerSecond)
                result.AddLostSecond(called, number);
        }
        catch (JwtGrantException)
        {
            result.AddLostSecond(called, number);
        }
    }
}
