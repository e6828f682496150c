namespace JwtGrantClient.Simulations.Fleet;

/// <summary>What happened in each second of the simulation.</summary>
internal sealed class Tally(int seconds, int pods)
{
    /// <summary>Requests that reached the token endpoint, or would have if it had not been out of order.</summary>
    public int[] Requests { get; } = new int[seconds];

    /// <summary>Calls that did not get a token at once but got one.</summary>
    public int[] Waited { get; } = new int[seconds];

    /// <summary>Calls that got no valid token, or not within the second until the next call: a pod-second without a token each.</summary>
    public int[] Lost { get; } = new int[seconds];

    public int[] LostByPod { get; } = new int[pods];

    public void Request(long at) => Count(Requests, at);

    public void Wait(long at) => Count(Waited, at);

    public void Lose(long at, int pod)
    {
        Count(Lost, at);
        LostByPod[pod]++;
    }

    private static void Count(int[] seconds, long at)
    {
        if (at / TimeSpan.TicksPerSecond is var second && second < seconds.Length)
            seconds[second]++;
    }
}
