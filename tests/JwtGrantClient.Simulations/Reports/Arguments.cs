using System.Globalization;
using JwtGrantClient.Simulations.Fleet;

namespace JwtGrantClient.Simulations.Reports;

/// <summary>The parsed command line.</summary>
/// <param name="Options">The options of the simulation.</param>
/// <param name="Plot">The path of the SVG file.</param>
/// <param name="Users">The number of users of one process; 0 to simulate something else.</param>
/// <param name="Faults">The number of histories of a failing endpoint; 0 to simulate something else.</param>
/// <param name="CanceledCalls">The number of calls that are canceled; 0 to simulate something else.</param>
internal sealed record Arguments(SimulationOptions Options, string Plot, int Users = 0, int Faults = 0, int CanceledCalls = 0)
{
    public const string Usage = """
        Usage: dotnet run -c Release --project tests/JwtGrantClient.Simulations -- [options]
          --pods N            pods in the fleet, 1 to 100000 (10000)
          --lifetime TIME     lifetime of a token, 1 s to 1 day (3600)
          --rollout TIME      time within which all pods start, 0 s to the lifetime of a token (60)
          --seed N            seed of the random numbers; the same seed gives the same run (1)
          --outage TIME       length of each of the three outages of the token endpoint, 0 s to 1 day; 0 for no outage (0)
          --shared            the pods use a shared token store
          --every-call        also simulate the calls that only read a cached token: the same results, about 100 times slower
          --users N           instead of a fleet, one process with N users who each need a token, 1 to 100000; the outage begins at the start
          --faults N          instead of a fleet, one process at an endpoint that fails again and again, in N random histories of two hours, 1 to 100000
          --canceled N        instead of a fleet, one process with N calls that are canceled while the endpoint hangs, 1 to 1000000
          --plot FILE         path of the SVG plot of requests over time (artifacts/simulation.svg)
        TIME is in seconds or hh:mm:ss.
        """;

    private static readonly string[] WithValue = ["--pods", "--lifetime", "--rollout", "--seed", "--outage", "--users", "--faults", "--canceled", "--plot"];

    /// <summary>Parses the command line.</summary>
    /// <exception cref="FormatException">The command line is invalid. The message says why.</exception>
    public static Arguments Parse(string[] args)
    {
        var read = new Arguments(new(), Path.Combine("artifacts", "simulation.svg"));
        for (var i = 0; i < args.Length; i++)
            read = args[i] switch
            {
                "--shared" => read with { Options = read.Options with { Shared = true } },
                "--every-call" => read with { Options = read.Options with { EveryCall = true } },
                var option when !WithValue.Contains(option) => throw new FormatException($"Unknown option '{option}'."),
                var option when i + 1 == args.Length => throw new FormatException($"{option} needs a value."),
                var option => read.With(option, args[++i]) ?? throw new FormatException($"'{args[i]}' is not a valid value for {option}."),
            };
        return read.Options.Rollout <= read.Options.Lifetime ? read : throw new FormatException("--rollout is longer than --lifetime.");
    }

    private Arguments? With(string option, string value) => option switch
    {
        "--pods" when ParseNumber(value) is >= 1 and <= 100_000 and var pods => this with { Options = Options with { Pods = pods } },
        "--users" when ParseNumber(value) is >= 1 and <= 100_000 and var users => this with { Users = users },
        "--faults" when ParseNumber(value) is >= 1 and <= 100_000 and var histories => this with { Faults = histories },
        "--canceled" when ParseNumber(value) is >= 1 and <= 1_000_000 and var calls => this with { CanceledCalls = calls },
        "--seed" when ParseNumber(value) is { } seed => this with { Options = Options with { Seed = seed } },
        "--lifetime" when ParseTime(value, 1) is { } lifetime => this with { Options = Options with { Lifetime = lifetime } },
        "--rollout" when ParseTime(value, 0) is { } rollout => this with { Options = Options with { Rollout = rollout } },
        "--outage" when ParseTime(value, 0) is { } outage => this with { Options = Options with { Outage = outage } },
        "--plot" when value.Length > 0 => this with { Plot = value },
        _ => null,
    };

    private static int? ParseNumber(string value) =>
        int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;

    // A plain number is in seconds; TimeSpan.TryParse would read it as days.
    private static TimeSpan? ParseTime(string value, int minSeconds)
    {
        var time = ParseNumber(value) is { } seconds ? TimeSpan.FromSeconds(seconds)
            : value.Contains(':', StringComparison.Ordinal) && TimeSpan.TryParse(value, CultureInfo.InvariantCulture, out var span) ? span
            : TimeSpan.MinValue;
        return time >= TimeSpan.FromSeconds(minSeconds) && time <= TimeSpan.FromDays(1) ? time : null;
    }
}
