using System.Diagnostics;

namespace Observability;

/// <summary>
/// Injects each fault once into a fleet of three instances, and checks that a metric and a log event name it, that they did not before, and that they tell
/// which instance has it.
/// </summary>
internal static class SelfCheck
{
    private static readonly TimeSpan MaxWait = TimeSpan.FromSeconds(60);
    private static readonly string[] Names = ["instance-1", "instance-2", "instance-3"];

    public static async Task<int> RunAsync()
    {
        var named = 0;
        foreach (var fault in Fault.All)
            named += await IsNamedAsync(fault) ? 1 : 0;
        Console.WriteLine($"{named} of {Fault.All.Count} faults are named by metrics and logs.");
        return named == Fault.All.Count ? 0 : 1;
    }

    private static async Task<bool> IsNamedAsync(Fault fault)
    {
        await using var servers = await DemoServers.StartAsync();
        var faulty = fault.IsOfOneInstance ? Names[..1] : Names;
        var fleet = Names.Select(name => new Instance(servers, name, faulty.Contains(name) ? fault : null)).ToList();
        try
        {
            await Task.WhenAll(fleet.Select(instance => instance.Traffic.StepAsync()));
            // Two faults exist from the start. The others must not show before, and the clients must work.
            var fromTheStart = fault.ClockOffset != TimeSpan.Zero || fault.HasExpiredCertificate;
            var isHealthy = fleet.TrueForAll(instance => instance.Signals.HasAcquired && (fromTheStart || !instance.Signals.Name(fault)));

            fault.Inject(servers, faulty[0]);
            var watch = Stopwatch.StartNew();
            while (!faulty.SequenceEqual(Reporting()) && watch.Elapsed < MaxWait)
            {
                await Task.WhenAll(fleet.Select(instance => instance.Traffic.StepAsync()));
                await Task.Delay(50);
            }

            var isNamed = isHealthy && faulty.SequenceEqual(Reporting());
            Console.WriteLine($"{fault.Name,-12} {(isNamed ? "named by" : "NOT named by")} {fault.Metric}{(fault.LogEvent is { } id ? $", log event {id}" : "")}, of {(fault.IsOfOneInstance ? faulty[0] : "all instances")}: {fault.Description}");
            return isNamed;
        }
        finally
        {
            fleet.ForEach(instance => instance.Dispose());
        }

        IEnumerable<string> Reporting() => fleet.Where(instance => instance.Signals.Name(fault)).Select(instance => instance.Name);
    }
}
