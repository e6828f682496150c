using System.Globalization;
using Observability;

// Injects faults into clients and shows that their metrics and logs name the cause.
//   dotnet run --project examples/Observability                                  each fault once in a fleet of three instances, with a check
//   dotnet run --project examples/Observability -- --fault down [--seconds 60]   one instance with one fault (or none), exported to the console
// With OTEL_EXPORTER_OTLP_ENDPOINT the metrics, traces and logs go to that address, too. Start several processes for several instances.
if (args is not ["--fault", var name, ..])
    return await SelfCheck.RunAsync();

var fault = Fault.All.FirstOrDefault(known => known.Name == name);
if (fault is null && name != "none")
{
    Console.WriteLine($"The fault '{name}' is not known. Known: none, {string.Join(", ", Fault.All.Select(known => known.Name))}.");
    return 1;
}
using var stopping = new CancellationTokenSource();
Console.CancelKeyPress += (_, e) =>
{
    e.Cancel = true;
    stopping.Cancel();
};

await using var servers = await DemoServers.StartAsync();
var instance = $"{Environment.MachineName}-{Environment.ProcessId}";
using var host = DemoClients.Build(servers, instance, fault, exports: true);
await host.StartAsync();                                                        // starts OpenTelemetry
var traffic = new Traffic(host.Services);
await traffic.StepAsync();
fault?.Inject(servers, instance);
if (args is [_, _, "--seconds", var seconds])
    stopping.CancelAfter(TimeSpan.FromSeconds(double.Parse(seconds, CultureInfo.InvariantCulture)));
while (!stopping.IsCancellationRequested)
{
    await traffic.StepAsync();
    await Task.Delay(TimeSpan.FromSeconds(1), stopping.Token).ContinueWith(_ => { }, TaskScheduler.Default);
}
await host.StopAsync();
Console.WriteLine($"Stopped. The fault was: {fault?.Description ?? "none"}.");
return 0;
