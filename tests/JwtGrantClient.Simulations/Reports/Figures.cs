using JwtGrantClient.Simulations.Fleet;

namespace JwtGrantClient.Simulations.Reports;

/// <summary>A phase in numbers.</summary>
internal sealed record Figures(Phase Phase, int Requests, int Peak, int Waited, int Lost)
{
    public double Mean => Requests / (double)Phase.Seconds;

    public double PeakToMean => Requests == 0 ? 0 : Peak / Mean;

    public static Figures Of(Phase phase, Tally tally) => new(
        phase,
        Part(tally.Requests, phase).Sum(),
        Part(tally.Requests, phase).Max(),
        Part(tally.Waited, phase).Sum(),
        Part(tally.Lost, phase).Sum());

    private static ArraySegment<int> Part(int[] seconds, Phase phase) => new(seconds, phase.From, phase.Seconds);
}
