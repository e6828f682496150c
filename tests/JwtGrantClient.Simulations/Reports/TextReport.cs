using System.Globalization;
using System.Text;
using JwtGrantClient.Simulations.Fleet;

namespace JwtGrantClient.Simulations.Reports;

/// <summary>The numbers as text: a table with a row for each phase, and a last line for programs.</summary>
internal static class TextReport
{
    private static readonly CompositeFormat Form = CompositeFormat.Parse("{0,-15}{1,9}{2,10}{3,10:0.00}{4,9}{5,11:0.0}{6,9}{7,9}");

    public static string Write(Plan plan, Tally tally)
    {
        var rows = plan.Phases().Select(phase => Figures.Of(phase, tally)).ToList();
        var steady = rows.Single(row => row.Phase.Name == "steady");
        var text = new StringBuilder();
        var (lifetime, rollout) = (plan.Lifetime.TotalSeconds, plan.Rollout.TotalSeconds);
        Line(text, $"{plan.Pods} pods, tokens of {lifetime} s, rollout within {rollout} s, seed {plan.Seed}");
        text.AppendLine();
        Row(text, "", "seconds", "requests", "mean/s", "peak/s", "peak/mean", "waited", "lost");
        foreach (var row in rows)
            Row(text, row.Phase.Name, row.Phase.Seconds, row.Requests, row.Mean, row.Peak, row.PeakToMean, row.Waited, row.Lost);
        text.AppendLine();
        Line(text, $"waited: calls that got their token only after a wait. lost: pod-seconds without a token.");
        if (plan.Shared)
            Cycles(text, plan, tally, steady.Phase);
        Outages(text, plan, tally, [.. rows.Where(row => row.Phase.IsOutage)]);
        var lost = tally.Lost.Sum();
        var shared = plan.Shared ? "yes" : "no";
        var outageRate = rows.Where(row => row.Phase.IsOutage).Select(row => row.Mean).DefaultIfEmpty().Average();
        Line(text, $"pods={plan.Pods} mean={steady.Mean:0.0###} steady_peak={steady.Peak} lost_pod_seconds={lost} shared={shared} outage_rate={outageRate:0.0###}");
        return text.ToString();
    }

    private static void Cycles(StringBuilder text, Plan plan, Tally tally, Phase steady)
    {
        var cycles = RefreshCycles.Of(tally, steady, plan.Lifetime);
        var mean = cycles.Average();
        var most = cycles.Max();
        Line(text, $"Requests for each of the {cycles.Count} renewals in the steady time: {mean:0.00} on average, {most} at most.");
    }

    private static void Outages(StringBuilder text, Plan plan, Tally tally, List<Figures> outages)
    {
        if (outages.Count == 0)
            return;
        var all = (double)plan.Pods * outages[0].Phase.Seconds;
        var (mean, worst) = (outages.Average(row => row.Lost) / all, outages.Max(row => row.Lost) / all);
        Line(text, $"Of an outage's pod-seconds {mean:0.00 %} are lost on average, {worst:0.00 %} in the worst.");
        Line(text, $"The worst pod lost {tally.LostByPod.Max()} s in all.");
    }

    private static void Row(StringBuilder text, params object[] cells) => text.AppendFormat(CultureInfo.InvariantCulture, Form, cells).AppendLine();

    private static void Line(StringBuilder text, FormattableString line) => text.AppendLine(line.ToString(CultureInfo.InvariantCulture));
}
