using JwtGrantClient.Simulations.Fleet;

namespace JwtGrantClient.Simulations.Reports;

/// <summary>The statistics of a phase.</summary>
internal sealed record PhaseStatistics(Phase Phase, int Requests, int Peak, int Waited, int Lost)
{
    public double Mean => Requests / (double)Phase.Seconds;

    public double PeakToMean => Requests == 0 ? 0 : Peak / Mean;

    public static PhaseStatistics Create(Phase phase, SimulationResult result) => new(
        phase,
        Slice(result.Requests, phase).Sum(),
        Slice(result.Requests, phase).Max(),
        Slice(result.Waited, phase).Sum(),
        Slice(result.Lost, phase).Sum());

    private static ArraySegment<int> Slice(int[] seconds, Phase phase) => new(seconds, phase.From, phase.Seconds);
}
