using JwtGrantClient.Simulations.Fleet;

namespace JwtGrantClient.Simulations.Reports;

/// <summary>Counts the requests of each refresh of the token that the fleet shares.</summary>
internal static class RefreshCycles
{
    /// <summary>
    /// Returns the number of requests of each refresh in a phase. Requests within a quarter of a lifetime belong to one refresh, because no token is
    /// refreshed before half of its lifetime.
    /// </summary>
    public static IReadOnlyList<int> Count(SimulationResult result, Phase phase, TimeSpan lifetime)
    {
        var cycles = new List<int>();
        var end = double.MinValue;
        for (var second = phase.From; second < phase.To; second++)
        {
            if (result.Requests[second] == 0)
                continue;
            if (second >= end)
            {
                cycles.Add(0);
                end = second + lifetime.TotalSeconds / 4;
            }
            cycles[^1] += result.Requests[second];
        }
        return cycles;
    }
}
