using JwtGrantClient.Caching;
using JwtGrantClient.Simulations.Time;

namespace JwtGrantClient.Simulations.Fleet;

/// <summary>One pod: a token source of its own, and a call each second from its start on.</summary>
internal sealed class Pod(int number, long start, CachedTokenSource tokens, VirtualTime time, Tally tally)
{
    public int Number => number;

    /// <summary>When it calls next, in ticks since the beginning.</summary>
    public long NextCall { get; private set; } = start;

    /// <summary>Makes the call that is due, and settles the next.</summary>
    /// <param name="everyCall">
    /// Whether the next is a second later in any case. Else calls are left out that get the token by two field reads and change nothing:
    /// those before the moment of which the pod's own token source says that a call renews the token.
    /// </param>
    public void Call(bool everyCall)
    {
        var called = NextCall;
        var pending = tokens.GetTokenAsync(TokenRequest.Default);
        if (!pending.IsCompletedSuccessfully)
            _ = WaitAsync(pending, called);
        else if (pending.Result.ExpiresAt <= time.GetUtcNow())
            tally.Lose(called, number);
        var idle = everyCall ? 0 : tokens.Status().RefreshesIn.Ticks;
        NextCall += Math.Max(1, (idle + TimeSpan.TicksPerSecond - 1) / TimeSpan.TicksPerSecond) * TimeSpan.TicksPerSecond;
    }

    private async Task WaitAsync(ValueTask<AccessToken> pending, long called)
    {
        try
        {
            await pending;
            tally.Wait(called);
            if (time.Now - called >= TimeSpan.TicksPerSecond)
                tally.Lose(called, number);
        }
        catch (JwtGrantException)
        {
            tally.Lose(called, number);
        }
    }
}
