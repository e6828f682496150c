using JwtGrantClient.Simulations.Time;

namespace JwtGrantClient.Simulations.Fleet;

/// <summary>One pod: a token source of its own, and a call each second from its start on.</summary>
internal sealed class Pod(int number, long start, ITokenSource tokens, VirtualTime time, Tally tally)
{
    /// <summary>The second in which it starts.</summary>
    public long FirstSecond { get; } = start / TimeSpan.TicksPerSecond;

    /// <summary>When in a second it calls, in ticks.</summary>
    public long Offset { get; } = start % TimeSpan.TicksPerSecond;

    public void Call()
    {
        var pending = tokens.GetTokenAsync(TokenRequest.Default);
        if (!pending.IsCompletedSuccessfully)
            _ = WaitAsync(pending, time.Now);
        else if (pending.Result.ExpiresAt <= time.GetUtcNow())
            tally.Lose(time.Now, number);
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
