using JwtGrantClient.Simulations.Fleet;
using JwtGrantClient.Simulations.Reports;

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
var tally = await Simulation.RunAsync(arguments.Plan);
if (Path.GetDirectoryName(arguments.Plot) is { Length: > 0 } folder)
    Directory.CreateDirectory(folder);
await File.WriteAllTextAsync(arguments.Plot, SvgPlot.Write(arguments.Plan, tally) + "\n");
Console.Write(TextReport.Write(arguments.Plan, tally));
return 0;
