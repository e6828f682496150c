using JwtGrantClient.Simulations.Fleet;

namespace JwtGrantClient.Simulations.Reports;

/// <summary>How many requests each renewal of the one token of the fleet took.</summary>
internal static class RefreshCycles
{
    /// <summary>
    /// The requests of each renewal within a phase: those within a quarter of a lifetime are one renewal's, because no token is renewed
    /// before half of its life.
    /// </summary>
    public static IReadOnlyList<int> Of(Tally tally, Phase phase, TimeSpan lifetime)
    {
        var cycles = new List<int>();
        var ends = double.MinValue;
        for (var second = phase.From; second < phase.To; second++)
        {
            if (tally.Requests[second] == 0)
                continue;
            if (second >= ends)
            {
                cycles.Add(0);
                ends = second + lifetime.TotalSeconds / 4;
            }
            cycles[^1] += tally.Requests[second];
        }
        return cycles;
    }
}
