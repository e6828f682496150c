using System.Globalization;
using System.Text;
using JwtGrantClient.Simulations.CanceledCalls;
using JwtGrantClient.Simulations.Faults;
using JwtGrantClient.Simulations.Fleet;
using JwtGrantClient.Simulations.Users;

namespace JwtGrantClient.Simulations.Reports;

/// <summary>Writes the result as text: a table with a row for each phase, and a last line for programs.</summary>
internal static class TextReport
{
    private static readonly CompositeFormat Format = CompositeFormat.Parse("{0,-15}{1,9}{2,10}{3,10:0.00}{4,9}{5,11:0.0}{6,9}{7,9}");

    public static string Write(SimulationOptions options, SimulationResult result)
    {
        var rows = options.Phases().Select(phase => PhaseStatistics.Create(phase, result)).ToList();
        var steady = rows.Single(row => row.Phase.Name == "steady");
        var text = new StringBuilder();
        var (lifetime, rollout) = (options.Lifetime.TotalSeconds, options.Rollout.TotalSeconds);
        Line(text, $"{options.Pods} pods, tokens of {lifetime} s, rollout within {rollout} s, seed {options.Seed}");
        text.AppendLine();
        Row(text, "", "seconds", "requests", "mean/s", "peak/s", "peak/mean", "waited", "lost");
        foreach (var row in rows)
            Row(text, row.Phase.Name, row.Phase.Seconds, row.Requests, row.Mean, row.Peak, row.PeakToMean, row.Waited, row.Lost);
        text.AppendLine();
        Line(text, $"waited: calls that got a token after a wait. lost: pod-seconds without a token.");
        if (options.Shared)
            Cycles(text, options, result, steady.Phase);
        Outages(text, options, result, [.. rows.Where(row => row.Phase.IsOutage)]);
        var lost = result.Lost.Sum();
        var shared = options.Shared ? "yes" : "no";
        var outageRate = rows.Where(row => row.Phase.IsOutage).Select(row => row.Mean).DefaultIfEmpty().Average();
        Line(text, $"pods={options.Pods} mean={steady.Mean:0.0###} steady_peak={steady.Peak} lost_pod_seconds={lost} shared={shared} outage_rate={outageRate:0.0###}");
        return text.ToString();
    }

    /// <summary>Writes the result of a simulation of users: one line for programs.</summary>
    public static string Write(UserResult result)
    {
        var text = new StringBuilder();
        var perUser = (double)result.TokenRequests / result.Users;
        var recovered = result.RecoveredAfter is { } time ? time.TotalSeconds.ToString("0.0", CultureInfo.InvariantCulture) : "never";
        Line(text, $"users={result.Users} per_user={perUser:0.0000} in_outage={result.TokenRequestsInOutage} metadata={result.MetadataRequests} peak={result.PeakConcurrent} recovered_after={recovered}");
        return text.ToString();
    }

    /// <summary>Writes the result of a simulation of faults: one line for programs.</summary>
    public static string Write(FaultResult result)
    {
        var text = new StringBuilder();
        Line(text, $"histories={result.Histories} calls={result.Calls} rejections={result.Rejections} failed_with_token={result.FailedWithToken} slowest_recovery={result.SlowestRecovery.TotalSeconds:0.0}");
        return text.ToString();
    }

    /// <summary>Writes the result of a simulation of canceled calls: one line for programs.</summary>
    public static string Write(CanceledCallResult result)
    {
        var text = new StringBuilder();
        Line(text, $"calls={result.Calls} canceled={result.Canceled} bound={result.Bound} peak_entries={result.PeakEntries} entries_5s_after={result.EntriesAtEnd}");
        return text.ToString();
    }

    private static void Cycles(StringBuilder text, SimulationOptions options, SimulationResult result, Phase steady)
    {
        var cycles = RefreshCycles.Count(result, steady, options.Lifetime);
        var mean = cycles.Average();
        var max = cycles.Max();
        Line(text, $"Requests for each of the {cycles.Count} refreshes in the steady phase: {mean:0.00} on average, {max} at most.");
    }

    private static void Outages(StringBuilder text, SimulationOptions options, SimulationResult result, List<PhaseStatistics> outages)
    {
        if (outages.Count == 0)
            return;
        var all = (double)options.Pods * outages[0].Phase.Seconds;
        var (mean, worst) = (outages.Average(row => row.Lost) / all, outages.Max(row => row.Lost) / all);
        Line(text, $"Pod-seconds lost in an outage: {mean:0.00 %} on average, {worst:0.00 %} in the worst.");
        Line(text, $"The worst pod lost {result.LostByPod.Max()} s in total.");
    }

    private static void Row(StringBuilder text, params object[] cells) => text.AppendFormat(CultureInfo.InvariantCulture, Format, cells).AppendLine();

    private static void Line(StringBuilder text, FormattableString line) => text.AppendLine(line.ToString(CultureInfo.InvariantCulture));
}
