using JwtGrantClient.Simulations.CanceledCalls;
using JwtGrantClient.Simulations.Faults;
using JwtGrantClient.Simulations.Fleet;
using JwtGrantClient.Simulations.Reports;
using JwtGrantClient.Simulations.Users;

Arguments arguments;
try
{
    arguments = Arguments.Parse(args);
}
catch (FormatException e)
{
    await Console.Error.WriteLineAsync($"{e.Message}\n{Arguments.Usage}");
    return 2;
}
if (arguments.Users > 0)
{
    var users = await UserSimulation.RunAsync(arguments.Users, arguments.Options.Outage, arguments.Options.Seed);
    Console.Write(TextReport.Write(users));
    return 0;
}
if (arguments.Faults > 0)
{
    Console.Write(TextReport.Write(await FaultSimulation.RunAsync(arguments.Faults, arguments.Options.Seed)));
    return 0;
}
if (arguments.CanceledCalls > 0)
{
    Console.Write(TextReport.Write(await CanceledCallSimulation.RunAsync(arguments.CanceledCalls, arguments.Options.Seed)));
    return 0;
}
var result = await Simulation.RunAsync(arguments.Options);
if (Path.GetDirectoryName(arguments.Plot) is { Length: > 0 } folder)
    Directory.CreateDirectory(folder);
await File.WriteAllTextAsync(arguments.Plot, SvgPlot.Write(arguments.Options, result) + "\n");
Console.Write(TextReport.Write(arguments.Options, result));
return 0;
