namespace JwtGrantClient.Simulations.Fleet;

/// <summary>The counts of each second of the simulation.</summary>
internal sealed class SimulationResult(int seconds, int pods)
{
    /// <summary>The requests that were sent to the token endpoint, including those during an outage.</summary>
    public int[] Requests { get; } = new int[seconds];

    /// <summary>The calls that got a token after a wait.</summary>
    public int[] Waited { get; } = new int[seconds];

    /// <summary>The calls that got no valid token within the second until the next call. Each is a pod-second without a token.</summary>
    public int[] Lost { get; } = new int[seconds];

    public int[] LostByPod { get; } = new int[pods];

    public void AddRequest(long at) => Count(Requests, at);

    public void AddWait(long at) => Count(Waited, at);

    public void AddLostSecond(long at, int pod)
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
