using System.Diagnostics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Observability;

/// <summary>Injects each fault once, and checks that a metric and a log event name it, and that they did not before.</summary>
internal static class SelfCheck
{
    private static readonly TimeSpan MaxWait = TimeSpan.FromSeconds(60);

    public static async Task<int> RunAsync()
    {
        var named = 0;
        foreach (var fault in Fault.All)
        {
            await using var servers = await DemoServers.StartAsync();
            using var signals = new Signals();
            using var host = DemoClients.Build(servers, fault, exports: false);
            host.Services.GetRequiredService<ILoggerFactory>().AddProvider(signals);
            var traffic = new Traffic(host.Services);
            await traffic.StepAsync();
            // Two faults exist from the start. The others must not show before, and the clients must work.
            var fromTheStart = fault.ClockOffset != TimeSpan.Zero || fault.HasExpiredCertificate;
            var isHealthy = signals.HasAcquired && (fromTheStart || !signals.Name(fault));

            fault.Inject(servers);
            var watch = Stopwatch.StartNew();
            while (!signals.Name(fault) && watch.Elapsed < MaxWait)
            {
                await traffic.StepAsync();
                await Task.Delay(50);
            }

            var isNamed = isHealthy && signals.Name(fault);
            named += isNamed ? 1 : 0;
            Console.WriteLine($"{fault.Name,-12} {(isNamed ? "named by" : "NOT named by")} {fault.Metric}{(fault.LogEvent is { } id ? $", log event {id}" : "")}: {fault.Description}");
        }
        Console.WriteLine($"{named} of {Fault.All.Count} faults are named by metrics and logs.");
        return named == Fault.All.Count ? 0 : 1;
    }
}
